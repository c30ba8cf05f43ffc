#include "protocol/socketio_binary.hpp"

#include <gmock/gmock.h>

#include <stdexcept>

namespace stentor::socketio {
namespace {

using namespace std::string_literals;

/// A decoder of a connection that sends one thing after another.
struct SocketIoBinary : testing::Test {
  decoder connection{{}, 1000};

  void expect_more(const decoder::outcome& got) {
    ASSERT_TRUE(got) << got.error().detail;
    EXPECT_FALSE(*got) << "it waits for attachments";
  }
  packet expect_packet(decoder::outcome got) {
    EXPECT_TRUE(got && *got);
    return got && *got ? **got : packet{};
  }
  void expect_refused(const decoder::outcome& got, errc why = errc::bad_request) {
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().code, why);
  }
};

json bytes(std::string_view text) {
  return json::binary({text.begin(), text.end()});
}

TEST_F(SocketIoBinary, APacketWithoutAttachmentsIsThereAtOnce) {
  auto got = expect_packet(connection.on_text(R"(2["hello",1])"));
  EXPECT_EQ(got.data, json::parse(R"(["hello",1])"));
}

TEST_F(SocketIoBinary, AttachmentsTakeThePlacesOfTheirPlaceholders) {
  expect_more(connection.on_text(R"(52-/admin,7["upload",{"_placeholder":true,"num":1},{"a":[{"_placeholder":true,"num":0}]}])"));
  expect_more(connection.on_binary("\x00\x01"s));
  auto got = expect_packet(connection.on_binary("\xff"s));
  EXPECT_EQ(got.type, packet_type::binary_event);
  EXPECT_EQ(got.nsp, "/admin");
  EXPECT_EQ(got.id, 7);
  EXPECT_EQ(got.data, json::array({"upload", bytes("\xff"s), {{"a", json::array({bytes("\x00\x01"s)})}}}));
}

TEST_F(SocketIoBinary, AnAcknowledgementMayBeBinaryToo) {
  expect_more(connection.on_text(R"(61-456[{"_placeholder":true,"num":0}])"));
  auto got = expect_packet(connection.on_binary("abc"));
  EXPECT_EQ(got.type, packet_type::binary_ack);
  EXPECT_EQ(got.id, 456);
  EXPECT_EQ(got.data, json::array({bytes("abc")}));
}

TEST_F(SocketIoBinary, OnePacketFollowsAnother) {
  for (auto text : {"first", "second"}) {
    expect_more(connection.on_text(R"(51-["upload",{"_placeholder":true,"num":0}])"));
    EXPECT_EQ(expect_packet(connection.on_binary(text)).data[1], bytes(text));
  }
  expect_packet(connection.on_text(R"(2["hello"])"));
}

TEST_F(SocketIoBinary, AnAttachmentWithoutAPlaceIsForgotten) {
  expect_more(connection.on_text(R"(51-["upload"])"));
  EXPECT_EQ(expect_packet(connection.on_binary("abc")).data, json::array({"upload"}));
}

TEST_F(SocketIoBinary, BinaryThatNobodyHasAnnouncedIsRefused) {
  expect_refused(connection.on_binary("abc"));
}

TEST_F(SocketIoBinary, TextAmongAttachmentsIsRefused) {
  expect_more(connection.on_text(R"(52-["upload"])"));
  expect_more(connection.on_binary("abc"));
  expect_refused(connection.on_text(R"(2["hello"])"));
}

TEST_F(SocketIoBinary, PlaceholdersThatMeanNothingAreRefused) {
  for (auto num : {R"("splice")", "1", "-1", "0.5", "1e400", "null", "{}", "99999999999999999999"})
    expect_refused(decoder({}, 1000).on_text(R"(51-["upload",{"_placeholder":true,"num":)"s + num + "}]"));
  expect_refused(decoder({}, 1000).on_text(R"(51-["upload",{"_placeholder":true}])"));
}

TEST_F(SocketIoBinary, CountsOfAttachmentsHaveBounds) {
  for (auto count : {"0", "11", "999999", "-1", "1.5", "", "a"})
    expect_refused(decoder({}, 1000).on_text("5"s + count + R"(-["upload"])"));
  expect_more(decoder({}, 1000).on_text(R"(510-["upload"])"));
}

TEST_F(SocketIoBinary, OneAttachmentCannotFillManyPlaces) {
  expect_more(connection.on_text(R"(51-["upload",{"_placeholder":true,"num":0},{"_placeholder":true,"num":0}])"));
  expect_refused(connection.on_binary("abc"));
}

TEST_F(SocketIoBinary, BytesOfAllAttachmentsTogetherHaveABound) {
  expect_more(connection.on_text(R"(52-["upload"])"));
  expect_more(connection.on_binary(std::string(600, 'x')));
  expect_refused(connection.on_binary(std::string(600, 'x')), errc::too_large);
}

TEST(SocketIoBinaryEncoder, PutsPlaceholdersDepthFirst) {
  auto args = std::vector{bytes("a"), json{{"x", {{"y", bytes("b")}}}, {"z", json::array({1, bytes("c")})}}};
  auto event = encode_event("/", "upload", args);
  EXPECT_EQ(event.text, R"(53-["upload",{"_placeholder":true,"num":0},{"x":{"y":{"_placeholder":true,"num":1}},)"
                        R"("z":[1,{"_placeholder":true,"num":2}]}])");
  EXPECT_THAT(event.attachments, testing::ElementsAre("a", "b", "c"));

  auto ack = encode_ack("/admin", 12, std::vector{bytes("\x00"s)});
  EXPECT_EQ(ack.text, R"(61-/admin,12[{"_placeholder":true,"num":0}])");
  EXPECT_THAT(ack.attachments, testing::ElementsAre("\x00"s));
}

TEST(SocketIoBinaryEncoder, LeavesTextAsItIs) {
  auto args = std::vector{json(1), json("2"), json::parse(R"({"3":[true]})")};
  EXPECT_EQ(encode_event("/", "message", args).text, R"(2["message",1,"2",{"3":[true]}])");
  EXPECT_EQ(encode_event("/", "message", args, 5).text, R"(25["message",1,"2",{"3":[true]}])");
  EXPECT_EQ(encode_event("/admin", "message", {}).text, R"(2/admin,["message"])");
  EXPECT_EQ(encode_ack("/", 5, args).text, R"(35[1,"2",{"3":[true]}])");
  EXPECT_TRUE(encode_ack("/", 5, args).attachments.empty());
}

TEST(SocketIoBinaryEncoder, WhatIsEncodedIsDecodedAgain) {
  auto args = std::vector{bytes("a"), json{{"x", bytes("b")}}, json("text")};
  auto sent = encode_event("/nsp", "upload", args, 9);
  auto to = decoder({}, 1000);
  ASSERT_TRUE(to.on_text(sent.text));
  ASSERT_TRUE(to.on_binary(sent.attachments[0]));
  auto got = to.on_binary(sent.attachments[1]);
  ASSERT_TRUE(got && *got);
  EXPECT_EQ((**got).data, json::array({"upload", args[0], args[1], args[2]}));
}

TEST(SocketIoBinaryEncoder, MoreAttachmentsThanClientsTakeAreABug) {
  EXPECT_EQ(encode_event("/", "upload", std::vector(10, bytes("a"))).attachments.size(), 10);
  EXPECT_THROW(encode_event("/", "upload", std::vector(11, bytes("a"))), std::length_error);
}

} // namespace
} // namespace stentor::socketio
