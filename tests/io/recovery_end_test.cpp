// Who does not come back as the one it was.

#include "recovery_test.hpp"

#include <gmock/gmock.h>

namespace stentor::io {
namespace {

using testing::MatchesRegex;
using testing::StartsWith;

TEST_F(RecoveryTest, ASecretThatNobodyHasIsNone) {
  auto who = somebody();
  who.pid = "AAAAAAAAAAAAAAAAAAAA";
  EXPECT_TRUE(comes_anew(who));
  who.pid = who.sid;
  EXPECT_TRUE(comes_anew(who));
  EXPECT_THAT(say(greeted(), R"(40{"pid":7,"offset":"x.1"})").at(0), StartsWith(R"(40{"sid":)"));
  EXPECT_EQ(root.log, texts{}) << "the first one is where it was";
}

TEST_F(RecoveryTest, ANamespaceThatItsClientHasLeftIsLeft) {
  auto who = informed();
  who.link->say("41");
  settle();
  EXPECT_TRUE(comes_anew(who));
  EXPECT_EQ(root.log, texts{"gone: client namespace disconnect"});
}

TEST_F(RecoveryTest, ANamespaceThatTheServerTookItOutOfIsLeft) {
  auto who = somebody();
  emit(who, "news", 1);
  socket_of(who).disconnect();
  hear(who);
  EXPECT_EQ(who.heard.back(), "41");
  EXPECT_TRUE(comes_anew(who));
  EXPECT_EQ(root.log, texts{"gone: server namespace disconnect"});
}

TEST_F(RecoveryTest, OneThatIsTakenOutWhileItIsLostIsGone) {
  auto who = informed();
  lose(who);
  socket_of(who).disconnect();
  EXPECT_EQ(root.log, (texts{"lost: transport close", "gone: server namespace disconnect"}));
  EXPECT_EQ(place().size(), 0u);
  EXPECT_TRUE(comes_anew(who));
}

TEST_F(RecoveryTest, ItsTimeEndsOnceAndForAll) {
  auto who = somebody();
  socket_of(who).enter("lobby");
  emit(who, "news", 1);
  lose(who);
  pass(held_for - std::chrono::seconds{10});
  EXPECT_EQ(root.log, texts{"lost: transport close"});
  pass(held_for + std::chrono::seconds{10});
  pass(3 * held_for);
  EXPECT_EQ(root.log, (texts{"lost: transport close", "gone: transport close"}));
  EXPECT_EQ(root.guest(), nullptr) << "nobody holds it";
  EXPECT_EQ(place().size(), 0u);
  EXPECT_EQ(place().rooms().size(), 0u);
  EXPECT_TRUE(comes_anew(who));
}

TEST_F(RecoveryTest, WhoHasComeBackIsNotEndedByTheTimeItWasGiven) {
  auto who = somebody();
  lose(who);
  come_back(who);
  pass(held_for + std::chrono::seconds{10});
  EXPECT_EQ(root.log, (texts{"lost: transport close", "recovered"}));
  lose(who);
  pass(held_for - std::chrono::seconds{10});
  EXPECT_EQ(root.log.back(), "lost: transport close") << "the next time, it begins anew";
}

TEST_F(RecoveryTest, ASocketOfAnotherNamespaceIsAnother) {
  auto who = somebody();
  lose(who);
  auto heard = say(greeted(), "40/admin," + json{{"pid", who.pid}}.dump());
  ASSERT_EQ(heard.size(), 1u);
  EXPECT_THAT(heard[0], StartsWith("40/admin,{"));
  EXPECT_EQ(heard[0].find(who.sid), std::string::npos);
  EXPECT_EQ(heard[0].find(who.pid), std::string::npos);
  EXPECT_EQ(root.log, texts{"lost: transport close"});
  come_back(who);
  EXPECT_EQ(root.log.back(), "recovered") << "and the lost one is not disturbed";
}

TEST_F(RecoveryTest, WhoSaysGoodbyeWithoutHavingHeardAnythingComesAsSomebodyNew) {
  auto by_packet = somebody(), by_frame = somebody();
  by_packet.link->say("1");
  by_frame.link->say_goodbye();
  settle();
  EXPECT_TRUE(comes_anew(by_packet));
  EXPECT_TRUE(comes_anew(by_frame));
}

TEST_F(RecoveryTest, WhoSaysGoodbyeAfterAnEventMayComeBack) {
  auto who = informed();
  auto sid = who.sid;
  who.link->say_goodbye();
  settle();
  emit(who, "missed", 2);
  come_back(who);
  EXPECT_EQ(who.take(), (texts{R"(42["news",1])", "connected", R"(42["missed",2])"}));
  EXPECT_EQ(who.sid, sid);
}

TEST_F(RecoveryTest, ReasonsThatMayPassAreWaitedFor) {
  for (auto why : {close_reason::transport_error, close_reason::transport_close, close_reason::forced_close, close_reason::ping_timeout}) {
    auto who = somebody();
    auto sid = who.sid;
    socket_of(who).link().close(why);
    EXPECT_EQ(root.log.back(), "lost: " + std::string{text(why)});
    come_back(who);
    EXPECT_EQ(who.sid, sid) << text(why);
    EXPECT_EQ(root.log.back(), "recovered");
  }
}

TEST_F(RecoveryTest, ReasonsThatDoNotPassAreNot) {
  for (auto why : {close_reason::parse_error, close_reason::shutting_down}) {
    auto who = somebody();
    socket_of(who).link().close(why);
    EXPECT_EQ(root.log.back(), "gone: " + std::string{text(why)});
    EXPECT_TRUE(comes_anew(who));
  }
}

// -- as many and as much as is kept ---------------------------------------------

struct SmallLogTest : RecoveryTest {
  SmallLogTest()
    : RecoveryTest([](settings& s) {
        recovering(s);
        s.recovery.log_bytes_max = 10'000;
      }) {}
  void overflow(person& who) {
    for (auto i = 0; i < 20; ++i)
      socket_of(who).emit("much", std::vector<json>{std::string(1000, 'x')});
    settle();
  }
};

TEST_F(SmallLogTest, WhoMissedMoreThanIsKeptComesAsSomebodyNew) {
  auto who = informed();
  lose(who);
  overflow(who);
  EXPECT_TRUE(comes_anew(who));
  EXPECT_EQ(root.log, texts{"lost: transport close"}) << "not recovered";
  pass(held_for + std::chrono::seconds{10});
  EXPECT_EQ(root.log, (texts{"lost: transport close", "gone: transport close"}));
}

TEST_F(SmallLogTest, WhoHeardItAllDoesNotNeedWhatIsForgotten) {
  auto who = somebody();
  auto sid = who.sid;
  overflow(who);
  who.hear();
  who.take();
  lose(who);
  emit(who, "missed", 1);
  come_back(who);
  EXPECT_EQ(who.take(), (texts{"connected", R"(42["missed",1])"}));
  EXPECT_EQ(who.sid, sid);
}

TEST_F(SmallLogTest, WhatOthersWereToldMeanwhileDoesNotCount) {
  auto who = somebody(), other = somebody();
  emit(who, "news", 1);
  hear(who);
  lose(who);
  overflow(other);
  emit(who, "missed", 2);
  come_back(who);
  EXPECT_EQ(who.take(), (texts{R"(42["news",1])", "connected", R"(42["missed",2])"}));
}

struct FewLostTest : RecoveryTest {
  FewLostTest()
    : RecoveryTest([](settings& s) {
        recovering(s);
        s.recovery.lost_sockets_max = 1;
      }) {}
};

TEST_F(FewLostTest, OneMoreThanMayBeLostIsGoneAtOnce) {
  auto ada = somebody(), ben = somebody();
  lose(ada), lose(ben);
  EXPECT_EQ(root.log, (texts{"lost: transport close", "gone: transport close"}));
  EXPECT_TRUE(comes_anew(ben));
  come_back(ada);
  EXPECT_EQ(root.log.back(), "recovered");
  lose(ben);
  EXPECT_EQ(root.log.back(), "lost: transport close") << "there is room again";
}

TEST_F(FewLostTest, AHalfOpenOneThatCannotBeHeldIsNotTakenOver) {
  auto ada = somebody(), ben = somebody();
  lose(ada);
  EXPECT_TRUE(comes_anew(ben));
  EXPECT_EQ(root.log, (texts{"lost: transport close", "gone: transport close"}));
  EXPECT_EQ(place().size(), 2u);
}

// -- clients that are never held ------------------------------------------------

struct NoRecoveryTest : RecoveryTest {
  NoRecoveryTest() : RecoveryTest([](settings&) {}) {}
};

TEST_F(NoRecoveryTest, ThereIsNoSecretAndNoOffset) {
  auto& client = greeted();
  EXPECT_THAT(say(client, "40").at(0), MatchesRegex(R"(40\{"sid":"[A-Za-z0-9_-]{20}"\})"));
  root.guest()->emit("news", {});
  EXPECT_EQ(hear(client), texts{R"(42["news"])"});
  hang_up(client);
  EXPECT_EQ(root.log, texts{"gone: transport close"});
}

TEST_F(RecoveryTest, ClientsOfVersion2AreNotHeldAndGetNoOffset) {
  auto& client = open_old();
  auto heard = client.hear();
  ASSERT_EQ(heard.size(), 2u);
  EXPECT_EQ(heard[1], "40");
  tell({}, "news", {1});
  EXPECT_EQ(hear(client), texts{R"(42["news",1])"});
  hang_up(client);
  EXPECT_EQ(root.log, texts{"gone: transport close"});
}

TEST_F(RecoveryTest, AndCannotTakeTheOthersPlaces) {
  auto who = somebody();
  lose(who);
  EXPECT_EQ(open_old("&pid=" + who.pid).hear().at(1), "40");
  EXPECT_EQ(root.log, texts{"lost: transport close"});
}

} // namespace
} // namespace stentor::io
