#include "protocol/engineio.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <unordered_set>

namespace stentor::engineio {
namespace {

TEST(EngineIoPacket, IsATypeAndWhatFollows) {
  constexpr std::tuple<std::string_view, packet_type, std::string_view> rows[] = {
    {"0{}", packet_type::open, "{}"},       {"1", packet_type::close, ""},          {"2", packet_type::ping, ""},
    {"2probe", packet_type::ping, "probe"}, {"3probe", packet_type::pong, "probe"}, {"42[\"hi\"]", packet_type::message, "2[\"hi\"]"},
    {"4", packet_type::message, ""},        {"5", packet_type::upgrade, ""},        {"6", packet_type::noop, ""}};
  for (auto [text, type, data] : rows) {
    auto packet = decode(text);
    ASSERT_TRUE(packet) << text;
    EXPECT_EQ(packet->type, type) << text;
    EXPECT_EQ(packet->data, data) << text;
  }
}

TEST(EngineIoPacket, IsRefusedIfEmptyOrOfUnknownType) {
  using namespace std::string_view_literals;
  for (auto text : {""sv, "7"sv, "9"sv, "abc"sv, " 2"sv, "-1"sv, "\0"sv, "\xff"sv, "bAQID"sv})
    EXPECT_EQ(decode(text).error().code, errc::bad_request) << text;
}

TEST(EngineIoHandshake, HasExactlyTheFiveKeysInOrder) {
  EXPECT_EQ(open_packet({.sid = "lv_VI97HAXpY6yYWAAAC", .may_upgrade = true}),
            R"(0{"sid":"lv_VI97HAXpY6yYWAAAC","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000})");
}

TEST(EngineIoHandshake, OffersNoUpgradeOnAWebsocketAndTellsItsTimes) {
  using namespace std::chrono_literals;
  EXPECT_EQ(open_packet({.sid = "a", .ping_interval = 300ms, .ping_timeout = 200ms, .payload_bytes_max = 64}),
            R"(0{"sid":"a","upgrades":[],"pingInterval":300,"pingTimeout":200,"maxPayload":64})");
}

TEST(EngineIoError, IsAStatusAndAJsonBody) {
  constexpr std::tuple<error_code, unsigned, std::string_view> rows[] = {
    {error_code::unknown_transport, 400, R"({"code":0,"message":"Transport unknown"})"},
    {error_code::unknown_sid, 400, R"({"code":1,"message":"Session ID unknown"})"},
    {error_code::bad_method, 400, R"({"code":2,"message":"Bad handshake method"})"},
    {error_code::bad_request, 400, R"({"code":3,"message":"Bad request"})"},
    {error_code::forbidden, 403, R"({"code":4,"message":"Forbidden"})"},
    {error_code::unsupported_version, 400, R"({"code":5,"message":"Unsupported protocol version"})"}};
  for (auto [code, status, body] : rows) {
    EXPECT_EQ(http_status(code), status);
    EXPECT_EQ(error_body(code, message(code)), body);
  }
  EXPECT_EQ(message(error_code::unknown_sid), "Session ID unknown");
}

TEST(EngineIoSid, IsTwentyUrlSafeCharactersAndNeverRepeats) {
  std::unordered_set<std::string> seen;
  for (int i = 0; i < 100'000; ++i) {
    auto sid = make_sid();
    ASSERT_EQ(sid.size(), 20u);
    ASSERT_TRUE(std::all_of(sid.begin(), sid.end(), [](unsigned char c) { return std::isalnum(c) || c == '-' || c == '_'; })) << sid;
    ASSERT_TRUE(seen.insert(sid).second) << sid;
  }
}

} // namespace
} // namespace stentor::engineio
