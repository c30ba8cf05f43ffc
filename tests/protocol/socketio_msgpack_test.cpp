// What is called captured was written by socket.io-msgpack-parser 3.0.2 with notepack.io 2.2.0, on Node 20.

#include "protocol/msgpack.hpp"
#include "protocol/socketio_binary.hpp"
#include "protocol/socketio_msgpack.hpp"

#include "protocol/hex.hpp"

#include <gtest/gtest.h>

namespace stentor::socketio::msgpack {
namespace {

constexpr auto none = std::nullopt;

struct row {
  const char* hex;
  packet_type type;
  const char* nsp;
  std::optional<uint64_t> id;
  const char* data; ///< as JSON; null stands for none; binary is {"bytes":[…],"subtype":null}
};

/// Of clients.
const row captured[] = {
  // {type:0,data:undefined,nsp}
  {"83a47479706500a464617461d40000a36e7370a12f", packet_type::connect, "/", none, "null"},
  // {type:0,data:{token:"123"},nsp}
  {"83a47479706500a46461746181a5746f6b656ea3313233a36e7370a62f61646d696e", packet_type::connect, "/admin", none, R"({"token":"123"})"},
  // {type:0,data:{token:undefined,a:1},nsp}
  {"83a47479706500a46461746182a5746f6b656ed40000a16101a36e7370a12f", packet_type::connect, "/", none, R"({"a":1})"},
  // {type:1,nsp}
  {"82a47479706501a36e7370a62f61646d696e", packet_type::disconnect, "/admin", none, "null"},
  // {type:2,data:["hello"],options:{compress:true},nsp}
  {"84a47479706502a46461746191a568656c6c6fa76f7074696f6e7381a8636f6d7072657373c3a36e7370a12f", packet_type::event, "/", none,
   R"(["hello"])"},
  // {type:2,data:["hello",1,{z:1,a:[null,true]}],options:{compress:true},id:12,nsp}
  {"85a47479706502a46461746193a568656c6c6f0182a17a01a16192c0c3a76f7074696f6e7381a8636f6d7072657373c3a269640ca36e7370a62f61646d696e",
   packet_type::event, "/admin", 12, R"(["hello",1,{"z":1,"a":[null,true]}])"},
  // {type:2,data:["hello"],options:{compress:true},id:0,nsp}
  {"85a47479706502a46461746191a568656c6c6fa76f7074696f6e7381a8636f6d7072657373c3a2696400a36e7370a12f", packet_type::event, "/", 0,
   R"(["hello"])"},
  // {type:2,data:["x"],id:999999999999999,nsp}
  {"84a47479706502a46461746191a178a26964cf00038d7ea4c67fffa36e7370a12f", packet_type::event, "/", 999'999'999'999'999, R"(["x"])"},
  // {type:2,data:["x"],id:undefined,nsp}
  {"84a47479706502a46461746191a178a26964d40000a36e7370a12f", packet_type::event, "/", none, R"(["x"])"},
  // {type:2,data:[123,"x"],nsp}
  {"83a47479706502a464617461927ba178a36e7370a12f", packet_type::event, "/", none, R"([123,"x"])"},
  // {type:2,data:["żółć","😀\u0000\ud83d"],nsp}: notepack makes half a pair U+1F400
  {"83a47479706502a46461746192a8c5bcc3b3c582c487a9f09f988000f09f9080a36e7370ab2f7a61c5bcc3b3c582c487", packet_type::event, "/zażółć", none,
   R"(["żółć","😀\u0000🐀"])"},
  // {type:2,data:["upload",Buffer.from([0,1]),{a:[Buffer.from([255])]},Buffer.alloc(0)],options:{compress:true},id:7,nsp}
  {"85a47479706502a46461746194a675706c6f6164c402000181a16191c401ffc400a76f7074696f6e7381a8636f6d7072657373c3a2696407a36e7370a62f61646d696e",
   packet_type::event, "/admin", 7,
   R"(["upload",{"bytes":[0,1],"subtype":null},{"a":[{"bytes":[255],"subtype":null}]},{"bytes":[],"subtype":null}])"},
  // {type:2,data:["upload",new Uint8Array([1,2,3]),new Uint8Array([9]).buffer,new ArrayBuffer(8)],nsp}
  {"83a47479706502a46461746194a675706c6f6164c70300010203c7010009c708000000000000000000a36e7370a12f", packet_type::event, "/", none,
   R"(["upload",{"bytes":[1,2,3],"subtype":null},{"bytes":[9],"subtype":null},{"bytes":[0,0,0,0,0,0,0,0],"subtype":null}])"},
  // {type:2,data:["at",new Date(0),new Date(1798012345678),new Date(-1),new Date(8.64e15),new Date(-8.64e15)],nsp}
  {"83a47479706502a46461746196a26174d7000000000000000000d700000001a2a1e31d4ed700ffffffffffffffffd700001eb208c2dc0000d700ffe14df73d240000"
   "a36e7370a12f",
   packet_type::event, "/", none,
   R"(["at","1970-01-01T00:00:00.000Z","2026-12-23T07:52:25.678Z","1969-12-31T23:59:59.999Z","+275760-09-13T00:00:00.000Z",)"
   R"("-271821-04-20T00:00:00.000Z"])"},
  // {type:2,data:["x",undefined,[undefined,1],{a:undefined,b:2,c:null}],nsp}
  {"83a47479706502a46461746194a178d4000092d400000183a161d40000a16202a163c0a36e7370a12f", packet_type::event, "/", none,
   R"(["x",null,[null,1],{"b":2,"c":null}])"},
  // {type:3,id:456,data:[],nsp}
  {"84a47479706503a26964cd01c8a46461746190a36e7370a12f", packet_type::ack, "/", 456, "[]"},
  // {type:3,id:456,data:["connect",{}],nsp}
  {"84a47479706503a26964cd01c8a46461746192a7636f6e6e65637480a36e7370a62f61646d696e", packet_type::ack, "/admin", 456, R"(["connect",{}])"},
  // {type:3,id:1,data:[Buffer.from("abc")],nsp}
  {"84a47479706503a2696401a46461746191c403616263a36e7370a12f", packet_type::ack, "/", 1, R"([{"bytes":[97,98,99],"subtype":null}])"},
  // {type:4,data:"text",nsp}
  {"83a47479706504a464617461a474657874a36e7370a12f", packet_type::connect_error, "/", none, R"("text")"},
  // {type:4,data:{message:"Not authorized"},nsp}
  {"83a47479706504a46461746181a76d657373616765ae4e6f7420617574686f72697a6564a36e7370a62f61646d696e", packet_type::connect_error, "/admin",
   none, R"({"message":"Not authorized"})"},
};

void expect_decoded(const std::string& bytes, const row& want) {
  SCOPED_TRACE(to_hex(bytes));
  auto got = decode(bytes);
  ASSERT_TRUE(got) << got.error().detail;
  EXPECT_EQ(got->type, want.type);
  EXPECT_EQ(got->nsp, want.nsp);
  EXPECT_EQ(got->id, want.id);
  EXPECT_EQ(got->data.dump(), want.data);
  EXPECT_EQ(got->attachments, 0);
}

/// The map that `text` says.
std::string message(std::string_view text) {
  std::string out;
  append_msgpack(out, json::parse(text));
  return out;
}

std::string event(const json& data) {
  std::string out;
  append_msgpack(out, {{"type", 2}, {"nsp", "/"}, {"data", data}});
  return out;
}

json bytes(std::string_view text) {
  return json::binary({text.begin(), text.end()});
}

json nested(size_t depth) {
  auto out = json::array();
  for (size_t i = 1; i < depth; ++i)
    out = json::array({std::move(out)});
  return out;
}

TEST(SocketIoMsgpackDecoder, TakesWhatTheOfficialParserWrites) {
  for (const auto& row : captured)
    expect_decoded(from_hex(row.hex), row);
}

TEST(SocketIoMsgpackDecoder, TakesKeysInAnyOrder) {
  expect_decoded(message(R"({"id":1,"nsp":"/a","data":["x"],"type":2})"), {"", packet_type::event, "/a", 1, R"(["x"])"});
}

TEST(SocketIoMsgpackDecoder, IgnoresKeysThatItDoesNotKnow) {
  expect_decoded(message(R"({"type":1,"options":7,"":null,"attachments":99,"nsp":"/"})"), {"", packet_type::disconnect, "/", none, "null"});
}

TEST(SocketIoMsgpackDecoder, TakesTheLastOfARepeatedKey) {
  auto twice = from_hex("85"
                        "a47479706501"     // type: 1
                        "a36e7370a22f61"   // nsp: "/a"
                        "a47479706502"     // type: 2
                        "a46461746191a178" // data: ["x"]
                        "a36e7370a22f62"); // nsp: "/b"
  expect_decoded(twice, {"", packet_type::event, "/b", none, R"(["x"])"});
}

TEST(SocketIoMsgpackDecoder, TakesIntegersInAnyForm) {
  auto floats = from_hex("84a474797065cb4000000000000000a26964ca40a00000a36e7370a12fa46461746191a178"); // type: 2.0, id: 5.0
  expect_decoded(floats, {"", packet_type::event, "/", 5, R"(["x"])"});
  auto longer = from_hex("84a474797065d30000000000000002a26964d005a36e7370d9012fa464617461dd00000001a178");
  expect_decoded(longer, {"", packet_type::event, "/", 5, R"(["x"])"});
}

TEST(SocketIoMsgpackDecoder, RefusesWhatTheReferencesRefuse) {
  const std::pair<const char*, const char*> rows[] = {
    {"no map", R"(["hello"])"},
    {"no map", "2"},
    {"no map", "null"},
    {"empty", "{}"},
    {"no type", R"({"nsp":"/","data":["x"]})"},
    {"unknown type", R"({"type":5,"nsp":"/","data":["x"]})"},
    {"unknown type", R"({"type":999,"nsp":"/","data":["x"]})"},
    {"negative type", R"({"type":-1,"nsp":"/","data":["x"]})"},
    {"half a type", R"({"type":1.5,"nsp":"/"})"},
    {"text for a type", R"({"type":"2","nsp":"/","data":["x"]})"},
    {"null for a type", R"({"type":null,"nsp":"/"})"},
    {"true for a type", R"({"type":true,"nsp":"/"})"},
    {"no namespace", R"({"type":2,"data":["x"]})"},
    {"null for a namespace", R"({"type":2,"nsp":null,"data":["x"]})"},
    {"number for a namespace", R"({"type":2,"nsp":1,"data":["x"]})"},
    {"empty namespace", R"({"type":1,"nsp":""})"},
    {"namespace without a slash", R"({"type":1,"nsp":"admin"})"},
    {"namespace that no text packet can name", R"({"type":1,"nsp":"/a,b"})"},
    {"text for an id", R"({"type":2,"nsp":"/","data":["x"],"id":"1"})"},
    {"null for an id", R"({"type":2,"nsp":"/","data":["x"],"id":null})"},
    {"half an id", R"({"type":2,"nsp":"/","data":["x"],"id":0.5})"},
    {"negative id", R"({"type":2,"nsp":"/","data":["x"],"id":-1})"},
    {"id of 16 digits", R"({"type":2,"nsp":"/","data":["x"],"id":1000000000000000})"},
    {"id of 20 digits", R"({"type":2,"nsp":"/","data":["x"],"id":18446744073709551615})"},
    {"CONNECT with a text", R"({"type":0,"nsp":"/","data":"invalid"})"},
    {"CONNECT with an array", R"({"type":0,"nsp":"/","data":[]})"},
    {"CONNECT with null", R"({"type":0,"nsp":"/","data":null})"},
    {"DISCONNECT with a payload", R"({"type":1,"nsp":"/","data":{}})"},
    {"DISCONNECT with null", R"({"type":1,"nsp":"/","data":null})"},
    {"EVENT without a payload", R"({"type":2,"nsp":"/"})"},
    {"EVENT with null", R"({"type":2,"nsp":"/","data":null})"},
    {"EVENT with a text", R"({"type":2,"nsp":"/","data":"x"})"},
    {"EVENT with an object", R"({"type":2,"nsp":"/","data":{"length":1,"0":"x"}})"},
    {"EVENT without a name", R"({"type":2,"nsp":"/","data":[]})"},
    {"EVENT named by an object", R"({"type":2,"nsp":"/","data":[{"toString":"foo"}]})"},
    {"EVENT named by true", R"({"type":2,"nsp":"/","data":[true]})"},
    {"EVENT named by null", R"({"type":2,"nsp":"/","data":[null]})"},
    {"EVENT named by an array", R"({"type":2,"nsp":"/","data":[["a"]]})"},
    {"ACK without a payload", R"({"type":3,"nsp":"/","id":1})"},
    {"ACK with an object", R"({"type":3,"nsp":"/","id":1,"data":{}})"},
    {"CONNECT_ERROR without a payload", R"({"type":4,"nsp":"/"})"},
    {"CONNECT_ERROR with an array", R"({"type":4,"nsp":"/","data":[]})"},
    {"CONNECT_ERROR with null", R"({"type":4,"nsp":"/","data":null})"},
  };
  for (const auto& [what, text] : rows) {
    auto got = decode(message(text));
    ASSERT_FALSE(got) << what << ": " << text;
    EXPECT_EQ(got.error().code, errc::bad_request) << what << ": " << text;
  }
  EXPECT_FALSE(decode(from_hex("83a47479706502a464617461d40000a36e7370a12f"))) << "EVENT with undefined";
  EXPECT_FALSE(decode(event({bytes("hello")}))) << "EVENT named by binary";
  EXPECT_FALSE(decode(from_hex("83a47479706502a46461746191cb7ff8000000000000a36e7370a12f"))) << "EVENT named by NaN";
  EXPECT_FALSE(decode(from_hex("83a47479706500a464617461c400a36e7370a12f"))) << "CONNECT with binary";
}

TEST(SocketIoMsgpackDecoder, RefusesReservedNames) {
  for (auto name : {"connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"})
    EXPECT_FALSE(decode(event({name, "123"}))) << name;
  EXPECT_TRUE(decode(event({"error", "123"})));
}

TEST(SocketIoMsgpackDecoder, RefusesEveryBeginningOfAPacketAndWhateverFollowsIt) {
  for (const auto& row : captured) {
    auto whole = from_hex(row.hex);
    for (size_t size = 0; size < whole.size(); ++size)
      EXPECT_EQ(decode(whole.substr(0, size)).error().code, errc::bad_request) << row.hex << " to " << size;
    for (auto more : {"00", "80", "c0", "d40000"})
      EXPECT_EQ(decode(whole + from_hex(more)).error().code, errc::bad_request) << row.hex << more;
  }
}

TEST(SocketIoMsgpackDecoder, RefusesHostileValues) {
  const std::pair<const char*, const char*> rows[] = {
    {"an array of 4 billion", "83a47479706502a36e7370a12fa464617461ddffffffff"},
    {"a map of 4 billion", "dfffffffff"},
    {"a map of 4 billion inside", "83a47479706500a36e7370a12fa464617461dfffffffff"},
    {"a text of 4 GB", "83a47479706504a36e7370a12fa464617461dbffffffff"},
    {"a namespace of 4 GB", "82a47479706501a36e7370dbffffffff"},
    {"a key of 4 GB", "81dbffffffff"},
    {"binary of 4 GB", "83a47479706502a36e7370a12fa46461746192a178c6ffffffff"},
    {"an ArrayBuffer of 4 GB", "83a47479706502a36e7370a12fa46461746192a178c9ffffffff00"},
    {"an unknown key with an array of 4 billion", "83a47479706501a36e7370a12fa178ddffffffff"},
    {"an unknown extension", "83a47479706502a36e7370a12fa46461746192a178d40100"},
    {"an unknown extension under an unknown key", "83a47479706501a36e7370a12fa178d40100"},
    {"a key that is a number", "8301a16100a36e7370a12fa47479706501"},
    {"a key that is a number in the payload", "83a47479706502a36e7370a12fa46461746192a178810102"},
    {"a key that is no UTF-8", "83a47479706502a36e7370a12fa46461746192a17881a1ff02"},
    {"a namespace that is no UTF-8", "82a47479706501a36e7370a22fff"},
    {"an event name that is no UTF-8", "83a47479706502a36e7370a12fa46461746191a1ff"},
    {"a text that is no UTF-8", "83a47479706502a36e7370a12fa46461746192a178a1ff"},
    {"the mark without a meaning", "83a47479706502a36e7370a12fa46461746192a178c1"},
  };
  for (const auto& [what, hex] : rows)
    EXPECT_FALSE(decode(from_hex(hex))) << what;
}

TEST(SocketIoMsgpackDecoder, BoundsTheNamespace) {
  auto longest = "/" + std::string(nsp_bytes_max - 1, 'n');
  EXPECT_TRUE(decode(disconnect_packet(longest)));
  EXPECT_FALSE(decode(disconnect_packet(longest + 'n')));
}

TEST(SocketIoMsgpackDecoder, BoundsThePayload) {
  EXPECT_TRUE(decode(event({"x", nested(31)})));
  EXPECT_EQ(decode(event({"x", nested(32)})).error().code, errc::too_large);
  EXPECT_FALSE(decode("\x81\xa4"
                      "data" +
                      std::string(1'000'000, '\x91')));
  EXPECT_TRUE(decode(event({"x", 1, 2, 3}), {.elements_max = 7}));
  EXPECT_EQ(decode(event({"x", 1, 2, 3}), {.elements_max = 6}).error().code, errc::too_large);
}

TEST(SocketIoMsgpackDecoder, TakesNoMoreThanClientsOfTheJsonParserCanBeSent) {
  auto ten = json(json::array_t(attachments_max, bytes("a")));
  ASSERT_TRUE(decode(event({"upload", ten})));
  EXPECT_FALSE(decode(event({"upload", ten, {{"deep", bytes("b")}}})));

  auto forged = json{{"_placeholder", true}, {"num", 99}};
  EXPECT_TRUE(decode(event({"upload", forged}))) << "without binary it is a value like others";
  EXPECT_FALSE(decode(event({"upload", forged, bytes("a")})));
  EXPECT_FALSE(decode(event({"upload", bytes("a"), {{"deep", json::array({forged})}}})));
  EXPECT_TRUE(decode(event({"upload", {{"_placeholder", false}, {"num", 99}}, bytes("a")})));

  auto relayed = encode_event("/", "upload", std::vector{ten});
  EXPECT_EQ(relayed.attachments.size(), attachments_max);
}

TEST(SocketIoMsgpackEncoder, WritesWhatTheOfficialServerWrites) {
  const std::pair<std::string, const char*> captured[] = {
    {connect_packet("/admin", {{"sid", "abc"}}), "83a47479706500a46461746181a3736964a3616263a36e7370a62f61646d696e"},
    {connect_error_packet("/", "no", {{"code", "E1"}}),
     "83a47479706504a46461746182a76d657373616765a26e6fa46461746181a4636f6465a24531a36e7370a12f"},
    {connect_error_packet("/", "no"), "83a47479706504a46461746181a76d657373616765a26e6fa36e7370a12f"},
    {disconnect_packet("/"), "82a47479706501a36e7370a12f"},
    {disconnect_packet("/admin"), "82a47479706501a36e7370a62f61646d696e"},
    {event_packet("/", "hello", std::vector<json>{1, "2", {{"3", json::array({true})}}}),
     "83a47479706502a46461746194a568656c6c6f01a13281a13391c3a36e7370a12f"},
    {event_packet("/admin", "hello", {}), "83a47479706502a46461746191a568656c6c6fa36e7370a62f61646d696e"},
    {event_packet("/admin", "hello", std::vector{bytes(std::string_view{"\0\xff", 2})}, 300),
     "84a47479706502a46461746192a568656c6c6fc40200ffa26964cd012ca36e7370a62f61646d696e"},
    {ack_packet("/admin", 456, std::vector<json>{{{"ok", true}}}),
     "84a26964cd01c8a47479706503a4646174619181a26f6bc3a36e7370a62f61646d696e"},
    {ack_packet("/", 0, {}), "84a2696400a47479706503a46461746190a36e7370a12f"},
  };
  for (const auto& [packet, hex] : captured)
    EXPECT_EQ(to_hex(packet), hex);
}

TEST(SocketIoMsgpackEncoder, IsReadBackByTheDecoder) {
  expect_decoded(event_packet("/nsp", "e", std::vector<json>{1, {2}}, 3), {"", packet_type::event, "/nsp", 3, R"(["e",1,[2]])"});
  expect_decoded(ack_packet("/", 4, std::vector<json>{nullptr}), {"", packet_type::ack, "/", 4, "[null]"});
  expect_decoded(connect_packet("/nsp", {{"sid", "s"}}), {"", packet_type::connect, "/nsp", none, R"({"sid":"s"})"});
  expect_decoded(connect_packet("/nsp", nullptr), {"", packet_type::connect, "/nsp", none, "null"});
  expect_decoded(connect_error_packet("/", "m"), {"", packet_type::connect_error, "/", none, R"({"message":"m"})"});
  expect_decoded(disconnect_packet("/nsp"), {"", packet_type::disconnect, "/nsp", none, "null"});
}

} // namespace
} // namespace stentor::socketio::msgpack
