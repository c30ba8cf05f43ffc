// Who joins a room, and who leaves it.

#include "chat_test.hpp"

namespace stentor {
namespace {

// -- join ---------------------------------------------------------------------

TEST_F(ChatSocketTest, JoinsARoomInTheUsersName) {
  EXPECT_EQ(emit(client, "join_channel", R"({"channelId":7,"after":3,"userId":2,"user":{"id":2}})"), texts{});
  ASSERT_EQ(rooms[lobby].joins.waiting(), 1u);
  const auto& asked = rooms[lobby].joins.seen[0];
  EXPECT_EQ(asked.who, ada->id);
  EXPECT_EQ(asked.after, seqno{3});
  EXPECT_EQ(asked.network, net.handle());
  EXPECT_EQ(asked.listener.variant, variant_of(dialect::snake));
  EXPECT_EQ(admit(client, lobby, 5), texts{R"(42["joined_channel",{"channelId":"7","seq":5,"missed":[],"hasMore":false}])"});
}

TEST_F(ChatSocketTest, EachConnectionJoinsAsItself) {
  emit(client, "join_channel", R"({"channelId":7})"), emit(guest("ada's"), "join_channel", R"({"channelId":7})");
  ASSERT_EQ(rooms[lobby].joins.seen.size(), 2u);
  EXPECT_NE(rooms[lobby].joins.seen[0].listener, rooms[lobby].joins.seen[1].listener);
}

TEST_F(ChatSocketTest, AJoinBringsWhatWasMissedInTheClientsWords) {
  emit(client, "join_channel", R"({"channelId":"attic","after":0})");
  auto heard = admit(client, attic, 1, {message(attic, 1, bob, "hi")}, true);
  EXPECT_EQ(
    heard,
    texts{R"(42["joined_channel",{"channelId":"attic","seq":1,"missed":[{"seq":1,"event":"new_message","data":)"
          R"({"id":"101","content":"hi","channelId":"attic","userId":"2",)"
          R"("createdAt":"1970-01-01T00:00:00.000Z","updatedAt":"1970-01-01T00:00:00.000Z","replyToId":null,)"
          R"("user":{"id":"2","name":"Bob","image":null},"replyTo":null,"attachments":[],"reactions":[],"seq":1}}],"hasMore":true}])"});
}

TEST_F(ChatSocketTest, AnAcknowledgementSaysTheSameAsTheAnswer) {
  emit(client, "join_channel", R"({"channelId":7})", "3");
  EXPECT_EQ(admit(client, lobby), (texts{R"(42["joined_channel",{"channelId":"7","seq":5,"missed":[],"hasMore":false}])",
                                         R"(433[{"ok":true,"channelId":"7","seq":5,"missed":[],"hasMore":false}])"}));
  EXPECT_EQ(emit(client, "leave_channel", R"({"channelId":7})", "4"),
            (texts{R"(42["left_channel",{"channelId":"7"}])", R"(434[{"ok":true,"channelId":"7"}])"}));
}

TEST_F(ChatSocketTest, HearsARoomFromTheAnswerOn) {
  emit(client, "join_channel", R"({"channelId":7})");
  EXPECT_EQ(told(client, lobby, 5), texts{}) << "not before the room has let it in";
  admit(client, lobby, 5);
  EXPECT_EQ(count(told(client, lobby, 6), "new_message"), 1u);
  EXPECT_EQ(told(client, attic, 1), texts{}) << "another room";
}

TEST_F(ChatSocketTest, WhatTheRoomTellsRightBehindItsAnswerIsHeardRightBehindTheAnswer) {
  emit(client, "join_channel", R"({"channelId":7})");
  rooms[lobby].joins.answer(joined{found[lobby].room, 5, {}, false, 1});
  tell(lobby, message(lobby, 6, bob, "hi")); // before the answer has had its turn
  auto heard = hear(client);
  ASSERT_EQ(heard.size(), 2u);
  EXPECT_EQ(count({heard[0]}, "joined_channel"), 1u);
  EXPECT_EQ(count({heard[1]}, "new_message"), 1u);
}

TEST_F(ChatSocketTest, ARefusedJoinIsAnErrorAndHearsNothing) {
  emit(client, "join_channel", R"({"channelId":7})");
  EXPECT_EQ(refuse_join(client, lobby, errc::not_a_member),
            texts{R"(42["error",{"message":"Access denied to channel","code":"not_a_member","event":"join_channel"}])"});
  EXPECT_EQ(told(client, lobby, 6), texts{});
  emit(client, "join_channel", R"({"channelId":7})", "0");
  EXPECT_EQ(refuse_join(client, lobby, errc::forbidden),
            texts{R"(430[{"ok":false,"error":"Access denied to channel","code":"forbidden"}])"});
}

TEST_F(ChatSocketTest, ARoomThatDoesNotExistIsDeniedLikeOneThatIsClosed) {
  EXPECT_EQ(emit(client, "join_channel", R"({"channelId":"nowhere"})"),
            texts{R"(42["error",{"message":"Access denied to channel","code":"not_found","event":"join_channel"}])"});
  EXPECT_EQ(emit(client, "send_message", R"({"channelId":"nowhere","content":"x"})"),
            texts{R"(42["error",{"message":"Access denied to channel","code":"not_found","event":"send_message"}])"});
}

TEST_F(ChatSocketTest, JoinsAtMostSoManyRooms) {
  config.limits.rooms_per_socket_max = 1;
  enter_lobby();
  EXPECT_EQ(emit(client, "join_channel", R"({"channelId":"attic"})"),
            texts{R"(42["error",{"message":"Too many rooms on this socket","code":"too_many","event":"join_channel"}])"});
  EXPECT_TRUE(rooms[attic].joins.seen.empty());
  emit(client, "leave_channel", R"({"channelId":7})");
  emit(client, "join_channel", R"({"channelId":"attic"})");
  EXPECT_EQ(rooms[attic].joins.waiting(), 1u) << "whoever leaves may join another one";
}

TEST_F(ChatSocketTest, JoinsAtMostSoManyRoomsAlsoIfItAsksForAllAtOnce) {
  config.limits.rooms_per_socket_max = 1;
  hold_directory();
  auto heard = say(client, R"(42["join_channel",{"channelId":7}])", R"(42["join_channel",{"channelId":"attic"}])");
  while (directory.finds.waiting() > 0)
    release_directory(directory.finds.waiting() == 2 ? lobby : attic);
  EXPECT_EQ(rooms[lobby].joins.seen.size() + rooms[attic].joins.seen.size(), 1u);
}

TEST_F(ChatSocketTest, WhoIsInARoomMayJoinItAgainAtTheLimit) {
  config.limits.rooms_per_socket_max = 1;
  enter_lobby();
  emit(client, "join_channel", R"({"channelId":7,"after":2})");
  EXPECT_EQ(rooms[lobby].joins.seen.size(), 2u);
}

// -- leave --------------------------------------------------------------------

TEST_F(ChatSocketTest, LeavesARoomAndStaysInTheOthers) {
  emit(client, "join_channel", R"({"channelId":7})"), emit(client, "join_channel", R"({"channelId":"attic"})");
  admit(client, lobby), admit(client, attic);
  EXPECT_EQ(emit(client, "leave_channel", R"({"channelId":"7"})"), texts{R"(42["left_channel",{"channelId":"7"}])"});
  ASSERT_EQ(rooms[lobby].leaves.size(), 1u);
  EXPECT_EQ(rooms[lobby].leaves[0].listener, rooms[lobby].joins.seen[0].listener);
  EXPECT_TRUE(rooms[attic].leaves.empty());
  EXPECT_EQ(told(client, lobby, 6), texts{});
  EXPECT_EQ(told(client, attic, 6).size(), 1u);
}

TEST_F(ChatSocketTest, LeavingWhereOneIsNotIsAnError) {
  EXPECT_EQ(emit(client, "leave_channel", R"({"channelId":7})"),
            texts{R"(42["error",{"message":"Not in that room","code":"not_found","event":"leave_channel"}])"});
  EXPECT_TRUE(rooms[lobby].leaves.empty());
}

TEST_F(ChatSocketTest, LeavingBeforeTheRoomHasAnsweredTakesLeaveOfIt) {
  emit(client, "join_channel", R"({"channelId":7})");
  EXPECT_EQ(count(emit(client, "leave_channel", R"({"channelId":7})"), "left_channel"), 1u);
  EXPECT_EQ(rooms[lobby].leaves.size(), 1u);
  admit(client, lobby);
  EXPECT_EQ(told(client, lobby, 6), texts{}) << "the answer to a join that was taken back lets nobody in";
}

TEST_F(ChatSocketTest, LeavingBeforeTheRoomIsFoundDoesNotEndInTheRoom) {
  hold_directory();
  say(client, R"(42["join_channel",{"channelId":7}])", R"(42["leave_channel",{"channelId":7}])");
  while (directory.finds.waiting() > 0)
    release_directory(lobby);
  while (rooms[lobby].joins.waiting() > 0)
    admit(client, lobby);
  EXPECT_EQ(told(client, lobby, 6), texts{});
  EXPECT_EQ(rooms[lobby].leaves.size(), rooms[lobby].joins.seen.size());
}

TEST_F(ChatSocketTest, AnAnswerToAnEarlierJoinDoesNotLetInWhoLeftAndJoinedAgain) {
  emit(client, "join_channel", R"({"channelId":7})"), emit(client, "leave_channel", R"({"channelId":7})");
  enter_lobby();
  EXPECT_EQ(told(client, lobby, 6), texts{}) << "the room has seen it leave, and not come back yet";
  admit(client, lobby, 6);
  EXPECT_EQ(told(client, lobby, 7).size(), 1u);
  EXPECT_EQ(rooms[lobby].leaves.size(), 1u);
}

TEST_F(ChatSocketTest, JoiningTwiceHearsFromTheFirstAnswerOn) {
  say(client, R"(42["join_channel",{"channelId":7}])", R"(42["join_channel",{"channelId":7}])");
  ASSERT_EQ(rooms[lobby].joins.waiting(), 2u);
  EXPECT_EQ(count(admit(client, lobby, 5), "joined_channel"), 1u);
  EXPECT_EQ(told(client, lobby, 6).size(), 1u) << "told that it is in from 5 on, it must hear 6";
  admit(client, lobby, 6);
  EXPECT_EQ(told(client, lobby, 7).size(), 1u) << "once, not twice";
}

TEST_F(ChatSocketTest, AFailedSecondJoinLeavesTheFirstOneAsItIs) {
  say(client, R"(42["join_channel",{"channelId":7}])", R"(42["join_channel",{"channelId":7,"after":1}])");
  admit(client, lobby, 5);
  refuse_join(client, lobby, errc::unavailable);
  EXPECT_EQ(told(client, lobby, 6).size(), 1u);
  EXPECT_TRUE(rooms[lobby].leaves.empty());
}

TEST_F(ChatSocketTest, AFailedFirstJoinLeavesTheSecondOneAsItIs) {
  say(client, R"(42["join_channel",{"channelId":7,"after":1}])", R"(42["join_channel",{"channelId":7}])");
  refuse_join(client, lobby, errc::unavailable);
  admit(client, lobby, 5);
  EXPECT_EQ(told(client, lobby, 6).size(), 1u);
}

TEST_F(ChatSocketTest, WhoIsNoMemberAnyMoreHearsTheRoomNoMore) {
  enter_lobby();
  for (auto why : {errc::not_a_member, errc::forbidden, errc::not_found}) {
    emit(client, "join_channel", R"({"channelId":7})");
    refuse_join(client, lobby, why);
    EXPECT_EQ(told(client, lobby, 6), texts{});
  }
  EXPECT_EQ(rooms[lobby].leaves.size(), 3u);
}

} // namespace
} // namespace stentor
