// The ids and offsets that clients are told, and what they come back with instead.

#include "recovery_test.hpp"

#include <gmock/gmock.h>

namespace stentor::io {
namespace {

using testing::MatchesRegex;

// -- what a client is told ------------------------------------------------------

TEST_F(RecoveryTest, TheConnectCarriesTheIdAndASecret) {
  EXPECT_THAT(say(greeted(), "40").at(0), MatchesRegex(R"(40\{"sid":"[A-Za-z0-9_-]{20}","pid":"A[A-Za-z0-9_-]{19}"\})"));
  auto who = somebody();
  EXPECT_NE(who.sid, who.pid);
  EXPECT_NE(who.pid, somebody().pid);
}

TEST_F(RecoveryTest, EachEventHasItsOffsetAsLastArgument) {
  auto who = somebody();
  emit(who, "one", 1);
  emit(who, "two", 2);
  tell({}, "three");
  auto heard = hear(*who.link);
  ASSERT_EQ(heard.size(), 3u);
  auto epoch = heard[0].substr(0, heard[0].rfind('.') + 1); // 42["one",1,"EPOCH.
  EXPECT_THAT(epoch, MatchesRegex(R"(42\["one",1,"[A-Za-z0-9_-]{8}\.)"));
  auto name = epoch.substr(epoch.rfind('"'));
  EXPECT_EQ(heard, (texts{R"(42["one",1,)" + name + R"(1"])", R"(42["two",2,)" + name + R"(2"])", R"(42["three",)" + name + R"(3"])"}));
}

TEST_F(RecoveryTest, ABroadcastHasTheSameOffsetForAll) {
  auto ada = somebody(), ben = somebody();
  emit(ada, "for ada", 1);
  auto news = std::make_shared<const spoken>("news");
  place().tell({}, news);
  hear(ada), hear(ben);
  EXPECT_EQ(ada.offset, ben.offset);
  EXPECT_EQ(news->times, 1);
}

TEST_F(RecoveryTest, AnAcknowledgementCarriesNone) {
  root.on_event = [](socket& who, const std::string&, ack_id ack) { who.acknowledge(*ack, std::vector<json>{"yes"}); };
  auto who = somebody();
  EXPECT_EQ(say(*who.link, R"(427["question"])"), texts{R"(437["yes"])"});
}

// -- offsets that are none ------------------------------------------------------

TEST_F(RecoveryTest, WithAnOffsetThatMeansNothingItMissedEverything) {
  for (auto offset : {"", "x", "Q7xgHpE", "1795223713564-0", "otherone.1", "....", "\x01"}) {
    auto who = somebody();
    emit(who, "news", 1);
    lose(who);
    who.offset = offset;
    come_back(who);
    EXPECT_EQ(who.take(), (texts{"connected", R"(42["news",1])"})) << offset;
  }
}

TEST_F(RecoveryTest, SoItDidWithAnOffsetOfTheFuture) {
  auto who = somebody();
  emit(who, "news", 1);
  hear(who); // the offset
  auto epoch = who.offset.substr(0, who.offset.find('.'));
  for (auto n : {".2", ".18446744073709551615", ".99999999999999999999999"}) {
    lose(who);
    who.offset = epoch + n;
    who.take();
    come_back(who);
    EXPECT_EQ(who.take(), (texts{"connected", R"(42["news",1])"})) << n;
  }
}

TEST_F(RecoveryTest, AnOffsetThatIsNoTextIsLikeNone) {
  auto who = somebody();
  emit(who, "news", 1);
  lose(who);
  who.link = &greeted();
  who.link->say("40" + json{{"pid", who.pid}, {"offset", {{"a", 1}}}}.dump());
  hear(who);
  EXPECT_EQ(who.take(), (texts{"connected", R"(42["news",1])"}));
}

TEST_F(RecoveryTest, AnOffsetOfASessionBeforeIsBeforeItsFirstEvent) {
  auto who = somebody();
  emit(who, "first session", 1);
  hear(who);
  auto other = somebody();
  emit(other, "not for us", 2);
  who.link->say("41");
  lose(who);
  come_back(who);
  emit(who, "second session", 3);
  lose(who); // it never heard that
  who.take();
  come_back(who);
  EXPECT_EQ(who.take(), (texts{"connected", R"(42["second session",3])"}));
}

} // namespace
} // namespace stentor::io
