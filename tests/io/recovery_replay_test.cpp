// What is kept for a client while it is lost.

#include "recovery_test.hpp"

#include <gmock/gmock.h>

namespace stentor::io {
namespace {

using testing::StartsWith;

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
  EXPECT_TRUE(comes_anew(who));
}

} // namespace
} // namespace stentor::io
