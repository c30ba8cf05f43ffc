// Who comes back as the one it was.

#include "recovery_test.hpp"

#include <gmock/gmock.h>

namespace stentor::io {
namespace {

using testing::StartsWith;

TEST_F(RecoveryTest, WhoComesBackIsTheSameAndHearsWhatItMissedBehindTheConnect) {
  auto who = somebody();
  emit(who, "heard", 1);
  hear(who);
  auto before = who;
  lose(who);
  emit(who, "missed", 2);
  tell({}, "missed", {3});
  settle();
  come_back(who);
  EXPECT_EQ(who.take(), (texts{R"(42["heard",1])", "connected", R"(42["missed",2])", R"(42["missed",3])"}));
  EXPECT_EQ(who.sid, before.sid);
  EXPECT_EQ(who.pid, before.pid);
  EXPECT_EQ(root.log, (texts{"lost: transport close", "recovered"}));
  EXPECT_EQ(place().size(), 1u);

  emit(who, "now", 4);
  hear(who);
  EXPECT_EQ(who.take(), texts{R"(42["now",4])"});
  say(*who.link, R"(42["hello"])");
  EXPECT_EQ(root.log.back(), "hello []");
}

TEST_F(RecoveryTest, ItsConnectionIsNewAndItsOriginTheOldOne) {
  auto who = somebody();
  auto origin = socket_of(who).origin();
  lose(who);
  EXPECT_FALSE(socket_of(who).connected());
  EXPECT_FALSE(socket_of(who).writable());
  come_back(who);
  EXPECT_TRUE(socket_of(who).connected());
  EXPECT_EQ(socket_of(who).origin(), origin);
  EXPECT_NE(socket_of(who).link().id(), origin);
}

TEST_F(RecoveryTest, BeforeItsFirstEventItMissedEverything) {
  auto who = somebody();
  lose(who);
  emit(who, "missed", 1);
  come_back(who);
  EXPECT_EQ(who.take(), (texts{"connected", R"(42["missed",1])"}));
}

TEST_F(RecoveryTest, WhatWasSentAndNotHeardIsSentAgain) {
  auto who = somebody();
  for (auto i : {1, 2, 3})
    emit(who, "news", i);
  settle();
  who.hear(1);
  lose(who);
  come_back(who);
  EXPECT_EQ(who.take(), (texts{R"(42["news",1])", "connected", R"(42["news",2])", R"(42["news",3])"}));
}

TEST_F(RecoveryTest, WithoutHavingMissedAnythingNothingIsReplayed) {
  auto who = informed();
  for (auto i = 0; i < 3; ++i) {
    lose(who);
    come_back(who);
  }
  EXPECT_EQ(who.take(), (texts{R"(42["news",1])", "connected", "connected", "connected"}));
  EXPECT_EQ(root.log.size(), 6u);
}

TEST_F(RecoveryTest, ADropInTheReplayIsMadeGoodByTheNext) {
  auto who = somebody();
  lose(who);
  for (auto i : {1, 2, 3, 4})
    emit(who, "news", i);
  knock(who);
  who.hear(3);
  EXPECT_EQ(who.take(), (texts{"connected", R"(42["news",1])", R"(42["news",2])"}));
  lose(who);
  emit(who, "news", 5);
  come_back(who);
  EXPECT_EQ(who.take(), (texts{"connected", R"(42["news",3])", R"(42["news",4])", R"(42["news",5])"}));
}

TEST_F(RecoveryTest, ADropBeforeTheReplayWasHeardAtAllIsToo) {
  auto who = somebody();
  lose(who);
  emit(who, "news", 1);
  knock(who);
  lose(who);
  come_back(who);
  EXPECT_EQ(who.take(), (texts{"connected", R"(42["news",1])"}));
}

TEST_F(RecoveryTest, AConnectionThatSeemsToLiveIsEndedByTheNextOne) {
  auto who = somebody();
  emit(who, "news", 1);
  auto* half_open = who.link;
  come_back(who);
  EXPECT_EQ(who.take(), (texts{"connected", R"(42["news",1])"})) << "it never arrived over the first one";
  EXPECT_EQ(root.log, (texts{"lost: transport close", "recovered"}));
  auto left = half_open->hear();
  ASSERT_FALSE(left.empty());
  EXPECT_EQ(left.back(), "(end)");
  emit(who, "news", 2);
  hear(who);
  EXPECT_EQ(who.take(), texts{R"(42["news",2])"});
}

TEST_F(RecoveryTest, TheOtherNamespacesOfAHalfOpenConnectionComeBackToo) {
  auto who = somebody();
  auto in_admin = json::parse(say(*who.link, "40/admin,").at(0).substr(std::string_view{"40/admin,"}.size()));
  come_back(who);
  admin.newest()->emit("missed", {});
  auto heard = say(*who.link, "40/admin," + json{{"pid", in_admin["pid"]}}.dump());
  ASSERT_EQ(heard.size(), 2u);
  EXPECT_EQ(heard[0], "40/admin," + in_admin.dump());
  EXPECT_THAT(heard[1], StartsWith(R"(42/admin,["missed",)"));
  EXPECT_EQ(admin.log, (texts{"lost: transport close", "recovered"}));
}

TEST_F(RecoveryTest, OfTwoWhoSayTheyAreTheSameTheLaterOneIs) {
  auto ada = somebody();
  emit(ada, "news", 1);
  auto double_of_ada = ada;
  come_back(double_of_ada);
  come_back(ada);
  EXPECT_EQ(double_of_ada.sid, ada.sid);
  EXPECT_EQ(double_of_ada.link->hear(), texts{"(end)"});
  EXPECT_EQ(ada.take(), (texts{"connected", R"(42["news",1])"}));
}

TEST_F(RecoveryTest, OfTwoThatAwaitConsentTheFirstToGetItIsTheOne) {
  auto who = somebody();
  lose(who);
  root.lets_in = false;
  auto other = who;
  knock(who), knock(other);
  auto first = root.guest(1), second = root.guest(2);
  EXPECT_TRUE(first->recover());
  EXPECT_EQ(second->lost(), nullptr);
  EXPECT_FALSE(second->recover());
  root.accept(*second);
  hear(who), hear(other);
  EXPECT_NE(who.sid, other.sid);
  EXPECT_NE(who.pid, other.pid);
}

TEST_F(RecoveryTest, WhoIsRefusedMayTryAgain) {
  auto who = somebody();
  lose(who);
  emit(who, "missed", 1);
  root.lets_in = false;
  knock(who);
  EXPECT_NE(root.newest()->lost(), nullptr);
  root.newest()->refuse("not now");
  hear(who);
  EXPECT_EQ(who.take(), texts{R"(44{"message":"not now"})"});
  root.lets_in = true;
  who.link->say(who.connect());
  hear(who);
  EXPECT_EQ(who.take(), (texts{"connected", R"(42["missed",1])"}));
}

TEST_F(RecoveryTest, AHandlerOfItsOwnTakesThePlaceOfTheOldOne) {
  auto who = somebody();
  lose(who);
  root.lets_in = false;
  knock(who);
  auto now = root.newest();
  EXPECT_TRUE(now->recover(std::make_unique<scripted_namespace::visitor>(root, *now)));
  EXPECT_EQ(root.log, texts{"lost: transport close"}) << "the old one hears nothing more";
  say(*who.link, R"(42["hello"])");
  EXPECT_EQ(root.log.back(), "hello []");
}

} // namespace
} // namespace stentor::io
