#include "protocol/socketio.hpp"

#include <gtest/gtest.h>

namespace stentor::socketio {
namespace {

using std::string_literals::operator""s;

struct row {
  std::string text;
  packet_type type;
  std::string nsp;
  std::optional<uint64_t> id;
  std::string data; ///< as JSON; null stands for none
  size_t attachments = 0;
};

void expect_decoded(const row& want) {
  SCOPED_TRACE(want.text);
  auto got = decode(want.text);
  ASSERT_TRUE(got) << got.error().detail;
  EXPECT_EQ(got->type, want.type);
  EXPECT_EQ(got->nsp, want.nsp);
  EXPECT_EQ(got->id, want.id);
  EXPECT_EQ(got->data.dump(), want.data);
  EXPECT_EQ(got->attachments, want.attachments);
}

/// Nested arrays, `depth` of them.
std::string nested(size_t depth) {
  return std::string(depth, '[') + std::string(depth, ']');
}

TEST(SocketIoDecoder, TakesEveryPartOfAPacket) {
  constexpr auto none = std::nullopt;
  const row rows[] = {
    {R"(0)", packet_type::connect, "/", none, "null"},
    {R"(0{"token":"123"})", packet_type::connect, "/", none, R"({"token":"123"})"},
    {R"(0/admin)", packet_type::connect, "/admin", none, "null"},
    {R"(0/admin,)", packet_type::connect, "/admin", none, "null"},
    {R"(0/admin,{"a":1})", packet_type::connect, "/admin", none, R"({"a":1})"},
    {R"(0/mw?a=b,{})", packet_type::connect, "/mw?a=b", none, "{}"},
    {R"(0/a/b{}[])", packet_type::connect, "/a/b{}[]", none, "null"},
    {R"(0/zażółć,)", packet_type::connect, "/zażółć", none, "null"},
    {R"(1)", packet_type::disconnect, "/", none, "null"},
    {R"(1/admin,)", packet_type::disconnect, "/admin", none, "null"},
    {R"(2["hello"])", packet_type::event, "/", none, R"(["hello"])"},
    {R"(2/,["hello"])", packet_type::event, "/", none, R"(["hello"])"},
    {R"(212["hello",1,{"z":1,"a":[null,true]}])", packet_type::event, "/", 12, R"(["hello",1,{"z":1,"a":[null,true]}])"},
    {R"(2/admin,456["project:delete",123])", packet_type::event, "/admin", 456, R"(["project:delete",123])"},
    {R"(20["hello"])", packet_type::event, "/", 0, R"(["hello"])"},
    {R"(2[123,"a number may name an event"])", packet_type::event, "/", none, R"([123,"a number may name an event"])"},
    {R"(2["error"])", packet_type::event, "/", none, R"(["error"])"},
    {R"(2[""])", packet_type::event, "/", none, R"([""])"},
    {R"(2)", packet_type::event, "/", none, "null"},
    {R"(27)", packet_type::event, "/", 7, "null"},
    {R"(2999999999999999["x"])", packet_type::event, "/", 999'999'999'999'999, R"(["x"])"},
    {R"(3456[])", packet_type::ack, "/", 456, "[]"},
    {R"(3/admin,456["connect",{}])", packet_type::ack, "/admin", 456, R"(["connect",{}])"},
    {R"(4"text")", packet_type::connect_error, "/", none, R"("text")"},
    {R"(4/admin,{"message":"Not authorized"})", packet_type::connect_error, "/admin", none, R"({"message":"Not authorized"})"},
    {R"(51-["hello",{"_placeholder":true,"num":0}])", packet_type::binary_event, "/", none, R"(["hello",{"_placeholder":true,"num":0}])",
     1},
    {R"(510-["no placeholder"])", packet_type::binary_event, "/", none, R"(["no placeholder"])", 10},
    {R"(52-/admin,7["x",[{"_placeholder":true,"num":1}],{"_placeholder":false,"num":9}])", packet_type::binary_event, "/admin", 7,
     R"(["x",[{"_placeholder":true,"num":1}],{"_placeholder":false,"num":9}])", 2},
    {R"(61-/admin,456[{"_placeholder":true,"num":0}])", packet_type::binary_ack, "/admin", 456, R"([{"_placeholder":true,"num":0}])", 1},
  };
  for (const auto& row : rows)
    expect_decoded(row);
}

TEST(SocketIoDecoder, KeepsTheFirstPlaceAndTheLastValueOfARepeatedKey) {
  expect_decoded({R"(2["x",{"a":1,"b":2,"a":3}])", packet_type::event, "/", std::nullopt, R"(["x",{"a":3,"b":2}])"});
}

TEST(SocketIoDecoder, RefusesWhatTheReferenceRefuses) {
  const std::pair<const char*, std::string> rows[] = {
    {"empty", ""},
    {"unknown type", "999"},
    {"unknown type", "7"},
    {"no type", R"(["hello"])"},
    {"blank for a type", R"( ["hello"])"},
    {"CONNECT with a text", R"(0/admin,"invalid")"},
    {"CONNECT with an array", "0[]"},
    {"CONNECT with null", "0null"},
    {"DISCONNECT with a payload", "1/admin,{}"},
    {"DISCONNECT with null", "1null"},
    {"EVENT with an unfinished text", R"(2/admin,"invalid)"},
    {"EVENT with an object", "2/admin,{}"},
    {"EVENT with an unfinished array", R"(2["some","data")"},
    {"EVENT without a name", "2[]"},
    {"EVENT named by an object", R"(2[{"toString":"foo"}])"},
    {"EVENT named by true", R"(2[true,"foo"])"},
    {"EVENT named by null", R"(2[null,"bar"])"},
    {"EVENT named by an array", R"(2[["a"]])"},
    {"ACK with an unfinished array", R"(3/admin,1["data")"},
    {"ACK with an object", "31{}"},
    {"CONNECT_ERROR with an array", "4[]"},
    {"CONNECT_ERROR with an unfinished array", R"(442["some","data")"},
    {"more behind the payload", R"(2["x"]2["y"])"},
    {"NUL and more behind the payload", "2[\"x\"]\0 2"s},
    {"no attachments", "5"},
    {"attachments without a dash", "51"},
    {"attachments without a dash, with a payload", R"(51["hello"])"},
    {"attachments that are no number", "5a-"},
    {"attachments that are no integer", "51.23-"},
    {"negative attachments", R"(5-1-["hello"])"},
    {"attachments missing before the dash", R"(5-["hello"])"},
    {"zero attachments", R"(50-["hello"])"},
    {"zero attachments of an ACK", R"(60-["hello"])"},
    {"zero attachments, no payload", "50-"},
    {"eleven attachments", R"(511-["hello"])"},
    {"very many attachments", R"(5999999-["hello"])"},
    {"more attachments than a number holds", "5" + std::string(100, '9') + R"(-["hello"])"},
    {"placeholder that is no number", R"(51-["hello",{"_placeholder":true,"num":"splice"}])"},
    {"placeholder without a number", R"(51-["hello",{"_placeholder":true}])"},
    {"placeholder out of range", R"(51-["hello",{"_placeholder":true,"num":1}])"},
    {"negative placeholder", R"(51-["hello",{"_placeholder":true,"num":-1}])"},
    {"half a placeholder", R"(51-["hello",{"_placeholder":true,"num":0.5}])"},
    {"bad placeholder deep inside", R"(51-["hello",[{"a":[{"_placeholder":true,"num":7}]}]])"},
    {"binary ACK with an object", "61-{}"},
  };
  for (const auto& [what, text] : rows)
    EXPECT_EQ(decode(text).error().code, errc::bad_request) << what << ": " << text;
}

TEST(SocketIoDecoder, RefusesReservedNames) {
  for (auto name : {"connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"}) {
    EXPECT_TRUE(is_reserved(name));
    EXPECT_FALSE(decode("2[\""s + name + "\",\"123\"]")) << name;
    EXPECT_FALSE(decode("51-[\""s + name + "\"]")) << name;
    EXPECT_TRUE(decode("31[\""s + name + "\"]")) << "an answer may say anything: " << name;
  }
  EXPECT_FALSE(decode(R"(2["\u0063onnect"])")) << "also when spelt otherwise";
  for (auto name : {"", "Connect", "connected", "error", "message"})
    EXPECT_FALSE(is_reserved(name)) << name;
}

TEST(SocketIoDecoder, RefusesIdsThatJavaScriptCouldNotCount) {
  EXPECT_FALSE(decode(R"(21234567890123456["x"])"));
  EXPECT_FALSE(decode(R"(20000000000000000["x"])")) << "digits count, not the value";
  EXPECT_FALSE(decode("2" + std::string(8'000'000, '2'))) << "CVE-2020-36049, in linear time";
}

TEST(SocketIoDecoder, BoundsTheNamespace) {
  auto longest = "/" + std::string(nsp_bytes_max - 1, 'n');
  EXPECT_TRUE(decode("0" + longest));
  EXPECT_FALSE(decode("0" + longest + "n"));
  EXPECT_FALSE(decode("0" + longest + "n,{}"));
  EXPECT_FALSE(decode("0/\xff,{}")) << "no UTF-8";
}

TEST(SocketIoDecoder, BoundsThePayload) {
  EXPECT_TRUE(decode(R"(2["x",)" + nested(31) + "]"));
  EXPECT_FALSE(decode(R"(2["x",)" + nested(32) + "]"));
  EXPECT_FALSE(decode(R"(2["x",)" + nested(100'000) + "]"));
  EXPECT_FALSE(decode(R"(2["x",1,2,3])", {.elements_max = 3}));
  EXPECT_FALSE(decode(R"(2["x",1e400])"));
  EXPECT_FALSE(decode("2[\"x\",\"\xff\"]")) << "no UTF-8";
}

TEST(SocketIoEncoder, WritesCompactPackets) {
  EXPECT_EQ(connect_packet("/", {{"sid", "abc"}}), R"(0{"sid":"abc"})");
  EXPECT_EQ(connect_packet("/admin", {{"sid", "abc"}}), R"(0/admin,{"sid":"abc"})");
  EXPECT_EQ(disconnect_packet("/"), "1");
  EXPECT_EQ(disconnect_packet("/admin"), "1/admin,");
  EXPECT_EQ(event_packet("/", "hello", ""), R"(2["hello"])");
  EXPECT_EQ(event_packet("/", "message-back", R"(1,"2",{"3":[true]})"), R"(2["message-back",1,"2",{"3":[true]}])");
  EXPECT_EQ(event_packet("/admin", "hello", "1", 0), R"(2/admin,0["hello",1])");
  EXPECT_EQ(event_packet("/", "say \"hi\"\n", "", 12), R"(212["say \"hi\"\n"])");
  EXPECT_EQ(ack_packet("/", 0, ""), "30[]");
  EXPECT_EQ(ack_packet("/admin", 456, R"({"ok":true})"), R"(3/admin,456[{"ok":true}])");
}

TEST(SocketIoEncoder, WritesConnectErrorsWithDataIfThereIsAny) {
  EXPECT_EQ(connect_error_packet("/random", "Invalid namespace"), R"(4/random,{"message":"Invalid namespace"})");
  EXPECT_EQ(connect_error_packet("/", "no", {{"code", "E1"}}), R"(4{"message":"no","data":{"code":"E1"}})");
  EXPECT_EQ(connect_error_packet("/", "no", "text"), R"(4{"message":"no","data":"text"})");
}

TEST(SocketIoEncoder, IsReadBackByTheDecoder) {
  expect_decoded({event_packet("/nsp", "e", "1,[2]", 3), packet_type::event, "/nsp", 3, R"(["e",1,[2]])"});
  expect_decoded({ack_packet("/", 4, "null"), packet_type::ack, "/", 4, "[null]"});
  expect_decoded({connect_packet("/nsp", {{"sid", "s"}}), packet_type::connect, "/nsp", std::nullopt, R"({"sid":"s"})"});
  expect_decoded({connect_error_packet("/", "m"), packet_type::connect_error, "/", std::nullopt, R"({"message":"m"})"});
  expect_decoded({disconnect_packet("/nsp"), packet_type::disconnect, "/nsp", std::nullopt, "null"});
}

} // namespace
} // namespace stentor::socketio
