#include "recovery_test.hpp"

#include <gmock/gmock.h>

namespace stentor::io {
namespace {

using testing::MatchesRegex;
using testing::StartsWith;

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

// -- coming back ----------------------------------------------------------------

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

// -- who does not recover ---------------------------------------------------------

TEST_F(RecoveryTest, ASecretThatNobodyHasIsNone) {
  auto who = somebody();
  who.pid = "AAAAAAAAAAAAAAAAAAAA";
  expect_fresh(who);
  who.pid = who.sid;
  expect_fresh(who);
  EXPECT_THAT(say(greeted(), R"(40{"pid":7,"offset":"x.1"})").at(0), StartsWith(R"(40{"sid":)"));
  EXPECT_EQ(root.log, texts{}) << "the first one is where it was";
}

TEST_F(RecoveryTest, ANamespaceThatItsClientHasLeftIsLeft) {
  auto who = informed();
  who.link->say("41");
  settle();
  expect_fresh(who);
  EXPECT_EQ(root.log, texts{"gone: client namespace disconnect"});
}

TEST_F(RecoveryTest, ANamespaceThatTheServerTookItOutOfIsLeft) {
  auto who = somebody();
  emit(who, "news", 1);
  socket_of(who).disconnect();
  hear(who);
  EXPECT_EQ(who.heard.back(), "41");
  expect_fresh(who);
  EXPECT_EQ(root.log, texts{"gone: server namespace disconnect"});
}

TEST_F(RecoveryTest, OneThatIsTakenOutWhileItIsLostIsGone) {
  auto who = informed();
  lose(who);
  socket_of(who).disconnect();
  EXPECT_EQ(root.log, (texts{"lost: transport close", "gone: server namespace disconnect"}));
  EXPECT_EQ(place().size(), 0u);
  expect_fresh(who);
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
  expect_fresh(who);
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
  expect_fresh(by_packet);
  expect_fresh(by_frame);
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
    expect_fresh(who);
  }
}

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
  expect_fresh(who);
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
  expect_fresh(ben);
  come_back(ada);
  EXPECT_EQ(root.log.back(), "recovered");
  lose(ben);
  EXPECT_EQ(root.log.back(), "lost: transport close") << "there is room again";
}

TEST_F(FewLostTest, AHalfOpenOneThatCannotBeHeldIsNotTakenOver) {
  auto ada = somebody(), ben = somebody();
  lose(ada);
  expect_fresh(ben);
  EXPECT_EQ(root.log, (texts{"lost: transport close", "gone: transport close"}));
  EXPECT_EQ(place().size(), 2u);
}

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

// -- rooms ------------------------------------------------------------------------

TEST_F(RecoveryTest, RoomsArePartOfWhatComesBack) {
  auto who = somebody();
  socket_of(who).enter("lobby");
  socket_of(who).enter("attic");
  socket_of(who).leave("attic");
  socket_of(who).enter("cellar");
  lose(who);
  socket_of(who).leave("cellar");
  socket_of(who).enter("kitchen");
  come_back(who);
  EXPECT_EQ(socket_of(who).rooms(), (std::vector<room_key>{"lobby", "kitchen"}));
  for (auto room : {"lobby", "attic", "cellar", "kitchen"})
    tell({.rooms = {room}}, room);
  hear(who);
  EXPECT_EQ(who.take(), (texts{"connected", R"(42["lobby"])", R"(42["kitchen"])"}));
}

TEST_F(RecoveryTest, WhatItsRoomsHearWhileItIsLostIsKeptForIt) {
  auto ada = somebody(), ben = somebody();
  socket_of(ada).enter("lobby"), socket_of(ben).enter("lobby");
  socket_of(ada).enter("attic");
  lose(ada);
  tell({.rooms = {"lobby"}}, "1");
  tell({.rooms = {"cellar"}}, "nobody");
  tell({.rooms = {"lobby", "attic"}}, "2");
  tell({.except = {"attic"}}, "not ada");
  tell({.except = {"cellar"}}, "3");
  tell({.except = {ada.sid}}, "not ada");
  tell({.rooms = {ada.sid}}, "4");
  tell({}, "5");
  tell({.except_connection = socket_of(ada).origin()}, "not ada");
  socket_of(ada).leave("lobby");
  tell({.rooms = {"lobby"}}, "not ada");
  settle();
  come_back(ada), ben.hear();
  EXPECT_EQ(ada.take(), (texts{"connected", R"(42["1"])", R"(42["2"])", R"(42["3"])", R"(42["4"])", R"(42["5"])"}));
  EXPECT_EQ(ben.take(), (texts{R"(42["1"])", R"(42["2"])", R"(42["not ada"])", R"(42["3"])", R"(42["not ada"])", R"(42["5"])",
                               R"(42["not ada"])", R"(42["not ada"])"}));
}

TEST_F(RecoveryTest, ARoomThatAGuestEntersBeforeItIsLetInIsNot) {
  root.lets_in = false;
  auto& client = greeted();
  say(client, "40");
  auto guest = root.guest();
  guest->enter("lobby");
  tell({.rooms = {"lobby"}}, "too early");
  EXPECT_EQ(hear(client), texts{}) << "nothing comes before the CONNECT";
  root.accept(*guest);
  guest->enter("lobby");
  tell({.rooms = {"lobby"}}, "news");
  EXPECT_EQ(hear(client).size(), 2u);
  guest->disconnect();
  EXPECT_EQ(place().rooms().size(), 0u);
}

TEST_F(RecoveryTest, AGuestThatIsRefusedIsInNoRoom) {
  root.lets_in = false;
  say(greeted(), "40");
  root.guest()->enter("lobby");
  root.guest()->refuse("not you");
  EXPECT_EQ(place().rooms().size(), 0u);
}

// -- what is not kept ---------------------------------------------------------------

TEST_F(RecoveryTest, WhatIsVolatileIsNotKept) {
  auto who = somebody();
  socket_of(who).emit("volatile", std::vector<json>{1}, lane::volatile_);
  settle();
  lose(who); // unheard
  socket_of(who).emit("volatile", std::vector<json>{2}, lane::volatile_);
  tell({.how = lane::volatile_}, "volatile", {3});
  emit(who, "kept", 4);
  come_back(who);
  EXPECT_EQ(who.take(), (texts{"connected", R"(42["kept",4])"}));
}

TEST_F(RecoveryTest, AVolatileOffsetMovesNothing) {
  auto who = somebody();
  emit(who, "kept", 1);
  socket_of(who).emit("volatile", std::vector<json>{2}, lane::volatile_);
  tell({.how = lane::volatile_}, "volatile", {3});
  hear(who);
  lose(who);
  emit(who, "kept", 4);
  come_back(who);
  EXPECT_EQ(who.take(), (texts{R"(42["kept",1])", R"(42["volatile",2])", R"(42["volatile",3])", "connected", R"(42["kept",4])"}));
}

TEST_F(RecoveryTest, QuestionsAreNeitherNumberedNorKept) {
  auto who = somebody();
  texts answers;
  auto note = [&](const auto& answer) { answers.push_back(answer ? "answered" : answer.error().detail); };
  socket_of(who).emit_with_ack("question", std::vector<json>{"why?"}, long_enough, note);
  EXPECT_EQ(hear(*who.link), texts{R"(420["question","why?"])"});
  lose(who);
  EXPECT_EQ(answers, texts{"socket has been disconnected"});
  socket_of(who).emit_with_ack("question", {}, long_enough, note);
  EXPECT_EQ(answers.size(), 2u) << "nor asked while it is lost";
  EXPECT_EQ(place().ask({}, {"question", {}}, long_enough, note), 0u);
  come_back(who);
  EXPECT_EQ(who.take(), texts{"connected"});
  EXPECT_EQ(say(*who.link, R"(430["late"])"), texts{}) << "an answer that nobody waits for any more";
  EXPECT_EQ(answers, (texts{"socket has been disconnected", "socket has been disconnected"}));
}

TEST_F(RecoveryTest, AttachmentsAreReplayedWithTheirPacket) {
  auto who = somebody();
  lose(who);
  socket_of(who).emit("file", std::vector<json>{bytes("abc"), bytes("def")});
  emit(who, "behind", 1);
  knock(who);
  auto heard = who.link->hear();
  ASSERT_EQ(heard.size(), 5u);
  EXPECT_THAT(heard[1], StartsWith(R"(452-["file",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1},")"));
  EXPECT_EQ(heard[2], "abc");
  EXPECT_EQ(heard[3], "def");
  EXPECT_THAT(heard[4], StartsWith(R"(42["behind",1,)"));
}

// -- msgpack --------------------------------------------------------------------------

using MsgpackRecoveryTest = RecoveryTest;

TEST_F(MsgpackRecoveryTest, WhoSpeaksMsgpackComesBackToo) {
  auto& first = packed();
  auto hello = unpacked(first).at(0);
  EXPECT_EQ(hello["data"].size(), 2u) << hello;
  root.newest()->emit("heard", std::vector<json>{bytes("abc")});
  auto offset = unpacked(first).at(0)["data"].at(2);
  hang_up(first);
  tell({}, "missed", {bytes("def")});
  auto& second = packed({{"pid", hello["data"]["pid"]}, {"offset", offset}});
  auto heard = unpacked(second);
  ASSERT_EQ(heard.size(), 2u);
  EXPECT_EQ(heard[0], hello);
  EXPECT_EQ(heard[1]["data"].at(0), "missed");
  EXPECT_EQ(heard[1]["data"].at(1), bytes("def"));
  EXPECT_TRUE(heard[1]["data"].at(2).is_string());
}

TEST_F(MsgpackRecoveryTest, AnotherParserIsAnotherClient) {
  auto who = somebody();
  lose(who);
  auto hello = unpacked(packed({{"pid", who.pid}})).at(0);
  EXPECT_NE(hello["data"]["sid"], who.sid);
  EXPECT_NE(hello["data"]["pid"], who.pid);
  EXPECT_EQ(root.log, texts{"lost: transport close"});

  auto& first = packed();
  who.pid = unpacked(first).at(0)["data"]["pid"];
  hang_up(first);
  expect_fresh(who);
}

} // namespace
} // namespace stentor::io
