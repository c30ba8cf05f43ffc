#include "dialect/failures.hpp"

#include <gtest/gtest.h>

namespace stentor::dialect {
namespace {

using namespace std::chrono_literals;

const inbound* send_message() {
  return find("send_message").word;
}

std::string told(const failure& why, std::string_view payload = "null") {
  return failure_told(send_message(), why, "send_message", json::parse(payload)).dump();
}

std::string acknowledged(const failure& why) {
  return failure_acknowledged(send_message(), why).dump();
}

TEST(Failures, HaveTheWordsOwnTextAndACode) {
  EXPECT_EQ(told(errc::not_found), R"({"message":"Access denied to channel","code":"not_found","event":"send_message"})");
  EXPECT_EQ(acknowledged(errc::not_found), R"({"ok":false,"error":"Access denied to channel","code":"not_found"})");
}

TEST(Failures, OfAnUnknownEventHaveTheirOwnText) {
  auto why = unknown_event("dance");
  EXPECT_EQ(failure_told(nullptr, why, "dance", {}).dump(), R"({"message":"Unknown event dance","code":"unknown_event","event":"dance"})");
  EXPECT_EQ(failure_acknowledged(nullptr, why).dump(), R"({"ok":false,"error":"Unknown event dance","code":"unknown_event"})");
}

TEST(Failures, ShowTheBeginningOfALongEventWithoutHalfALetter) {
  auto event = std::string(63, 'x') + "ż" + std::string(1000, 'y'); // the letter lies across the bound of what is shown
  auto shown = failure_told(nullptr, unknown_event(event), event, {});
  EXPECT_EQ(shown["event"], std::string(63, 'x'));
  EXPECT_EQ(shown["message"], "Unknown event " + std::string(63, 'x'));
}

TEST(Failures, SayWhatIsWrongWhereTheTextDoesNot) {
  auto why = failure{errc::bad_request, "content must be a text"};
  EXPECT_EQ(acknowledged(why), R"({"ok":false,"error":"Invalid message data","code":"bad_request","detail":"content must be a text"})");
  EXPECT_EQ(failure_acknowledged(find("leave_channel").word, why).dump(),
            R"({"ok":false,"error":"content must be a text","code":"bad_request"})")
    << "a word without a text of its own says it once";
}

TEST(Failures, ThatMayPassSayWhenToComeBackAndBringThePayloadAlong) {
  EXPECT_EQ(told(errc::busy, R"({"b":1,"a":2})"),
            R"({"message":"Failed to send message","code":"busy","event":"send_message","retryAfter":1000,"data":{"b":1,"a":2}})");
  EXPECT_EQ(acknowledged(errc::busy), R"({"ok":false,"error":"Failed to send message","code":"busy","retryAfter":1000})");
  EXPECT_EQ(failure_acknowledged(send_message(), {errc::rate_limited, 250ms})["retryAfter"], 250);
}

TEST(Failures, AreNamedByTheClientsOwnKeys) {
  EXPECT_EQ(told({errc::forbidden, "no"}, R"({"content":"x","clientOpId":"o","clientMessageId":7})"),
            R"({"message":"no","code":"forbidden","event":"send_message","clientMessageId":7,"clientOpId":"o"})");
  EXPECT_EQ(told({errc::forbidden, "no"}, R"(["clientOpId"])"), R"({"message":"no","code":"forbidden","event":"send_message"})");
}

} // namespace
} // namespace stentor::dialect
