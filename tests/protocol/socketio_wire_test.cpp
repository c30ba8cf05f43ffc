#include "protocol/socketio_wire.hpp"

#include "protocol/hex.hpp"

#include <gtest/gtest.h>

namespace stentor::socketio {
namespace {

constexpr auto plain = wire_format{};
constexpr auto packed = wire_format{.how = parser::msgpack};
constexpr auto old = wire_format{.revision = engineio::revision::v3};

using texts = std::vector<std::string>;

/// Of a packet that is one text.
std::string text(const encoded_packet& packet) {
  EXPECT_EQ(packet.attachments, texts{});
  return packet.text;
}

/// Of a packet that is one binary message.
std::string hex(const encoded_packet& packet) {
  EXPECT_EQ(packet.text, "");
  EXPECT_EQ(packet.attachments.size(), 1u);
  return to_hex(packet.attachments.at(0));
}

json bytes(std::string_view of) {
  return json::binary({of.begin(), of.end()});
}

TEST(SocketioWire, AConnectCarriesTheIdAndIfThereIsOneThePid) {
  EXPECT_EQ(text(encode_connect(plain, "/", "S")), R"(0{"sid":"S"})");
  EXPECT_EQ(text(encode_connect(plain, "/chat", "S")), R"(0/chat,{"sid":"S"})");
  EXPECT_EQ(text(encode_connect(plain, "/", "S", "P")), R"(0{"sid":"S","pid":"P"})");
  // {type:0,data:{sid:"S"},nsp:"/"}
  EXPECT_EQ(hex(encode_connect(packed, "/", "S")), "83a47479706500a46461746181a3736964a153a36e7370a12f");
  EXPECT_EQ(hex(encode_connect(packed, "/", "S", "P")), "83a47479706500a46461746182a3736964a153a3706964a150a36e7370a12f");
}

TEST(SocketioWire, OldClientsAreToldNeitherIdNorPid) {
  EXPECT_EQ(text(encode_connect(old, "/", "S", "P")), "0");
  EXPECT_EQ(text(encode_connect(old, "/chat", "S")), "0/chat,");
}

TEST(SocketioWire, ARefusalHasAMessageAndIfThereIsSomeData) {
  EXPECT_EQ(text(encode_connect_error(plain, "/", "no")), R"(4{"message":"no"})");
  EXPECT_EQ(text(encode_connect_error(plain, "/chat", "no", json{{"code", 7}})), R"(4/chat,{"message":"no","data":{"code":7}})");
  EXPECT_EQ(text(encode_connect_error(plain, "/", "no", false)), R"(4{"message":"no","data":false})") << "false is not nothing";
  // {type:4,data:{message:"no"},nsp:"/"}
  EXPECT_EQ(hex(encode_connect_error(packed, "/", "no")), "83a47479706504a46461746181a76d657373616765a26e6fa36e7370a12f");
}

TEST(SocketioWire, OldClientsAreToldTheDataAloneOrTheMessage) {
  EXPECT_EQ(text(encode_connect_error(old, "/", "no")), R"(4"no")");
  EXPECT_EQ(text(encode_connect_error(old, "/chat", "no", json{{"code", 7}})), R"(4/chat,{"code":7})");
  EXPECT_EQ(text(encode_connect_error(old, "/", "no", "data")), R"(4"data")");
}

TEST(SocketioWire, TextThatIsNoUtf8IsMendedAndNotRefused) {
  EXPECT_EQ(text(encode_connect_error(plain, "/", "n\xff")), "4{\"message\":\"n\xEF\xBF\xBD\"}");
  EXPECT_EQ(text(encode_connect_error(plain, "/", "no", "\xff")), "4{\"message\":\"no\",\"data\":\"\xEF\xBF\xBD\"}");
  EXPECT_EQ(text(encode_connect_error(old, "/", "n\xff")), "4\"n\xEF\xBF\xBD\"");
  EXPECT_EQ(text(encode_event(plain, "/", "news", std::vector<json>{"\xff"})), "2[\"news\",\"\xEF\xBF\xBD\"]");
}

TEST(SocketioWire, ADisconnectIsTheSameForOldAndNew) {
  EXPECT_EQ(text(encode_disconnect(plain, "/")), "1");
  EXPECT_EQ(text(encode_disconnect(plain, "/chat")), "1/chat,");
  EXPECT_EQ(text(encode_disconnect(old, "/chat")), "1/chat,");
  EXPECT_EQ(hex(encode_disconnect(packed, "/")), "82a47479706501a36e7370a12f");
}

TEST(SocketioWire, AnEventHasItsArgumentsAndTheIdOfAWantedAnswer) {
  auto args = std::vector<json>{{{"a", 1}}, "b"};
  EXPECT_EQ(text(encode_event(plain, "/", "news", args)), R"(2["news",{"a":1},"b"])");
  EXPECT_EQ(text(encode_event(plain, "/chat", "news", {}, 0)), R"(2/chat,0["news"])");
  EXPECT_EQ(text(encode_event(old, "/chat", "news", args, 12)), R"(2/chat,12["news",{"a":1},"b"])");
  EXPECT_EQ(hex(encode_event(packed, "/", "hi", std::vector<json>{1})), "83a47479706502a46461746192a2686901a36e7370a12f");
  EXPECT_EQ(hex(encode_event(packed, "/", "hi", {}, 12)), "84a47479706502a46461746191a26869a269640ca36e7370a12f");
}

TEST(SocketioWire, BytesAreAttachmentsInJsonAndPartOfTheMessageInMsgpack) {
  auto args = std::vector<json>{bytes("ab"), json{{"in", bytes("c")}}};
  for (auto to : {plain, old}) {
    auto packet = encode_event(to, "/", "file", args);
    EXPECT_EQ(packet.text, R"(52-["file",{"_placeholder":true,"num":0},{"in":{"_placeholder":true,"num":1}}])");
    EXPECT_EQ(packet.attachments, (texts{"ab", "c"}));
  }
  EXPECT_EQ(hex(encode_event(packed, "/", "f", std::vector<json>{bytes("ab")})), "83a47479706502a46461746192a166c4026162a36e7370a12f");
}

TEST(SocketioWire, AnAnswerHasItsId) {
  EXPECT_EQ(text(encode_ack(plain, "/", 0, std::vector<json>{true})), "30[true]");
  EXPECT_EQ(text(encode_ack(old, "/chat", 5, {})), "3/chat,5[]");
  EXPECT_EQ(hex(encode_ack(packed, "/", 1, {})), "84a2696401a47479706503a46461746190a36e7370a12f");
  auto packet = encode_ack(plain, "/", 5, std::vector<json>{bytes("ab")});
  EXPECT_EQ(packet.text, R"(61-5[{"_placeholder":true,"num":0}])");
  EXPECT_EQ(packet.attachments, texts{"ab"});
}

TEST(SocketioWire, MoreAttachmentsThanClientsTakeAreNotEncoded) {
  auto args = std::vector<json>(attachments_max, bytes("x"));
  EXPECT_EQ(encode_event(plain, "/", "file", args).attachments.size(), attachments_max);
  args.push_back(bytes("x"));
  EXPECT_THROW(encode_event(plain, "/", "file", args), std::length_error);
  EXPECT_THROW(encode_ack(plain, "/", 1, args), std::length_error);
}

// -- which parser a client has ----------------------------------------------------

struct SocketioDecoder : testing::Test {
  decoder one{{}, 1000};
  const std::string connect = from_hex("83a47479706500a464617461d40000a36e7370a12f"); // {type:0,data:undefined,nsp:"/"}
};

TEST_F(SocketioDecoder, AClientWhoseFirstMessageIsBinarySpeaksMsgpack) {
  EXPECT_EQ(one.how(), parser::json);
  auto got = one.on_binary(connect);
  ASSERT_TRUE(got && *got);
  EXPECT_EQ((*got)->type, packet_type::connect);
  EXPECT_EQ((*got)->nsp, "/");
  EXPECT_EQ(one.how(), parser::msgpack);
  EXPECT_TRUE(one.on_binary(connect)) << "it goes on like that";
  EXPECT_FALSE(one.on_text("0")) << "and does not turn";
}

TEST_F(SocketioDecoder, AClientThatBeganWithATextDoesNot) {
  EXPECT_TRUE(one.on_text("0"));
  EXPECT_FALSE(one.on_binary(connect));
  EXPECT_EQ(one.how(), parser::json);
}

TEST_F(SocketioDecoder, NorDoesOneWhoseFirstTextWasNoPacket) {
  EXPECT_FALSE(one.on_text("no packet"));
  EXPECT_FALSE(one.on_binary(connect));
  EXPECT_EQ(one.how(), parser::json);
}

TEST_F(SocketioDecoder, ABinaryBeginningThatIsNoPacketIsRefused) {
  EXPECT_FALSE(one.on_binary("\x01\x02"));
  EXPECT_FALSE(decoder({}, 1000).on_binary(""));
}

} // namespace
} // namespace stentor::socketio
