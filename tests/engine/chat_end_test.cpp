// Rooms that end, and clients that go.

#include "chat_test.hpp"

namespace stentor {
namespace {

// -- rooms that have ended ----------------------------------------------------

/// A room of the same id takes the place of one that has ended.
struct NextRoomTest : ChatSocketTest {
  scripted_room old;
  room_actor ended = mortal(old.spawn(system));

  NextRoomTest() { std::swap(found[lobby].actor, ended); } // `found` has the one that ends
  ~NextRoomTest() override { ended = nullptr; }
  void enter_old_room() {
    emit(client, "join_channel", R"({"channelId":7})");
    old.joins.answer(joined{found[lobby].room, 5, {}, false, 1});
    EXPECT_EQ(hear(client).size(), 1u);
  }
  void end_room() {
    std::swap(found[lobby].actor, ended);
    kill(ended);
    settle();
  }
};

TEST_F(NextRoomTest, WhatReachedNoRoomGoesToTheNextOne) {
  enter_old_room();
  end_room();
  emit(client, "send_message", R"({"channelId":7,"content":"x"})");
  ASSERT_EQ(rooms[lobby].submits.waiting(), 1u);
  EXPECT_EQ(count(commit(client, lobby, message(lobby, 6, ada, "x")), "message_sent"), 1u);
  ASSERT_EQ(rooms[lobby].joins.seen.size(), 1u) << "it is to tell whom the old one told";
  EXPECT_EQ(rooms[lobby].joins.seen[0].listener, old.joins.seen[0].listener);
  EXPECT_EQ(admit(client, lobby, 6), texts{}) << "the client has not asked for this";
  EXPECT_EQ(told(client, lobby, 7).size(), 1u);
  emit(client, "send_message", R"({"channelId":7,"content":"y"})");
  EXPECT_EQ(rooms[lobby].submits.seen.size(), 2u);
  EXPECT_EQ(directory.finds.seen.size(), 2u) << "looked up once";
}

TEST_F(NextRoomTest, AJoinGoesToTheNextOneToo) {
  hold_directory();
  emit(client, "join_channel", R"({"channelId":7})");
  directory.finds.answer(found[lobby]);
  end_room(); // found, and ended before it is asked
  release_directory(lobby);
  ASSERT_EQ(rooms[lobby].joins.waiting(), 1u);
  EXPECT_EQ(count(admit(client, lobby), "joined_channel"), 1u);
  EXPECT_EQ(told(client, lobby, 6).size(), 1u);
}

TEST_F(NextRoomTest, ARoomThatIsGoneForGoodIsNotFound) {
  enter_old_room();
  end_room();
  directory.finds.always = [](const find_room&) -> result<found_room> { return errc::not_found; };
  EXPECT_EQ(emit(client, "send_message", R"({"channelId":7,"content":"x"})"),
            texts{R"(42["error",{"message":"Access denied to channel","code":"not_found","event":"send_message"}])"});
}

// -- going away ---------------------------------------------------------------

TEST_F(ChatSocketTest, WhoDisconnectsTakesLeaveOfEveryRoom) {
  emit(client, "join_channel", R"({"channelId":7})"), emit(client, "join_channel", R"({"channelId":"attic"})");
  admit(client, lobby);
  EXPECT_EQ(say(client, "41"), texts{});
  EXPECT_EQ(rooms[lobby].leaves.size(), 1u);
  EXPECT_EQ(rooms[attic].leaves.size(), 1u) << "of the one that has not answered yet, too";
  EXPECT_EQ(admit(client, attic), texts{});
  EXPECT_EQ(told(client, lobby, 6), texts{});
  EXPECT_EQ(told(client, attic, 6), texts{});
}

TEST_F(ChatSocketTest, WhoHangsUpTakesLeaveOfARoomThatHasNotAnsweredYet) {
  emit(client, "join_channel", R"({"channelId":7})");
  hang_up(client);
  ASSERT_EQ(rooms[lobby].leaves.size(), 1u);
  EXPECT_EQ(rooms[lobby].leaves[0].listener, rooms[lobby].joins.seen[0].listener);
  rooms[lobby].joins.answer(joined{found[lobby].room, 5, {}, false, 1});
  tell(lobby, message(lobby, 6, bob, "to nobody"));
  settle();
}

TEST_F(ChatSocketTest, WhoHangsUpBeforeTheRoomIsFoundNeverAsksIt) {
  hold_directory();
  emit(client, "join_channel", R"({"channelId":7})");
  hang_up(client);
  release_directory(lobby);
  EXPECT_TRUE(rooms[lobby].joins.seen.empty());
}

TEST_F(ChatSocketTest, WhoComesBackInTheSameNamespaceIsInNoRoom) {
  enter_lobby();
  say(client, "41", R"(40{"token":"ada's"})");
  EXPECT_EQ(told(client, lobby, 6), texts{});
}

TEST_F(ChatSocketTest, AnAnswerToWhoHasGoneIsHeardByNobody) {
  emit(client, "send_message", R"({"channelId":7,"content":"x"})");
  say(client, "41", R"(40{"token":"ada's"})");
  EXPECT_EQ(commit(client, lobby, message(lobby, 1, ada, "x")), texts{}) << "another socket of the same connection";
}

TEST_F(ChatSocketTest, ADrainWaitsForWhatIsInFlightThenSaysGoodbye) {
  emit(client, "send_message", R"({"channelId":7,"content":"x"})");
  auto drained = ask(net.handle(), drain{});
  EXPECT_EQ(hear(client), texts{}) << "not closed while an answer is due";
  EXPECT_EQ(emit(client, "dance", "1"), texts{}) << "takes in nothing new";
  auto heard = commit(client, lobby, message(lobby, 1, ada, "x"));
  ASSERT_EQ(heard.size(), 2u);
  EXPECT_EQ(count({heard[0]}, "message_sent"), 1u);
  EXPECT_EQ(heard[1], "(close)");
  EXPECT_TRUE(drained.pending());
  hang_up(client);
  EXPECT_FALSE(drained.pending());
}

} // namespace
} // namespace stentor
