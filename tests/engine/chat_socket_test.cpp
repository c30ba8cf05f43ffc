#include "chat_test.hpp"

namespace stentor {
namespace {

using ChatSocketTest = ChatTest;

// -- join ---------------------------------------------------------------------

TEST_F(ChatSocketTest, JoinsARoomInTheUsersName) {
  auto& client = guest("ada's");
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
  auto &one = guest("ada's"), &two = guest("ada's");
  emit(one, "join_channel", R"({"channelId":7})"), emit(two, "join_channel", R"({"channelId":7})");
  ASSERT_EQ(rooms[lobby].joins.seen.size(), 2u);
  EXPECT_NE(rooms[lobby].joins.seen[0].listener, rooms[lobby].joins.seen[1].listener);
}

TEST_F(ChatSocketTest, AJoinBringsWhatWasMissedInTheClientsWords) {
  auto& client = guest("ada's");
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
  auto& client = guest("ada's");
  emit(client, "join_channel", R"({"channelId":7})", "3");
  EXPECT_EQ(admit(client, lobby), (texts{R"(42["joined_channel",{"channelId":"7","seq":5,"missed":[],"hasMore":false}])",
                                         R"(433[{"ok":true,"channelId":"7","seq":5,"missed":[],"hasMore":false}])"}));
  EXPECT_EQ(emit(client, "leave_channel", R"({"channelId":7})", "4"),
            (texts{R"(42["left_channel",{"channelId":"7"}])", R"(434[{"ok":true,"channelId":"7"}])"}));
}

TEST_F(ChatSocketTest, HearsARoomFromTheAnswerOn) {
  auto& client = guest("ada's");
  emit(client, "join_channel", R"({"channelId":7})");
  EXPECT_EQ(told(client, lobby, 5), texts{}) << "not before the room has let it in";
  admit(client, lobby, 5);
  EXPECT_EQ(count(told(client, lobby, 6), "new_message"), 1u);
  EXPECT_EQ(told(client, attic, 1), texts{}) << "another room";
}

TEST_F(ChatSocketTest, WhatTheRoomTellsRightBehindItsAnswerIsHeardRightBehindTheAnswer) {
  auto& client = guest("ada's");
  emit(client, "join_channel", R"({"channelId":7})");
  rooms[lobby].joins.answer(joined{found[lobby].room, 5, {}, false, 1});
  tell(lobby, message(lobby, 6, bob, "hi")); // before the answer has had its turn
  auto heard = hear(client);
  ASSERT_EQ(heard.size(), 2u);
  EXPECT_EQ(count({heard[0]}, "joined_channel"), 1u);
  EXPECT_EQ(count({heard[1]}, "new_message"), 1u);
}

TEST_F(ChatSocketTest, ARefusedJoinIsAnErrorAndHearsNothing) {
  auto& client = guest("ada's");
  emit(client, "join_channel", R"({"channelId":7})");
  rooms[lobby].joins.answer(errc::not_a_member);
  EXPECT_EQ(hear(client), texts{R"(42["error",{"message":"Access denied to channel","code":"not_a_member","event":"join_channel"}])"});
  EXPECT_EQ(told(client, lobby, 6), texts{});
  emit(client, "join_channel", R"({"channelId":7})", "0");
  rooms[lobby].joins.answer(errc::forbidden);
  EXPECT_EQ(hear(client), texts{R"(430[{"ok":false,"error":"Access denied to channel","code":"forbidden"}])"});
}

TEST_F(ChatSocketTest, ARoomThatDoesNotExistIsDeniedLikeOneThatIsClosed) {
  auto& client = guest("ada's");
  EXPECT_EQ(emit(client, "join_channel", R"({"channelId":"nowhere"})"),
            texts{R"(42["error",{"message":"Access denied to channel","code":"not_found","event":"join_channel"}])"});
  EXPECT_EQ(emit(client, "send_message", R"({"channelId":"nowhere","content":"x"})"),
            texts{R"(42["error",{"message":"Access denied to channel","code":"not_found","event":"send_message"}])"});
}

TEST_F(ChatSocketTest, JoinsAtMostSoManyRooms) {
  config.limits.rooms_per_socket_max = 1;
  auto& client = guest("ada's");
  emit(client, "join_channel", R"({"channelId":7})");
  admit(client, lobby);
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
  auto& client = guest("ada's");
  auto heard = say(client, R"(42["join_channel",{"channelId":7}])", R"(42["join_channel",{"channelId":"attic"}])");
  while (directory.finds.waiting() > 0)
    release_directory(directory.finds.waiting() == 2 ? lobby : attic);
  EXPECT_EQ(rooms[lobby].joins.seen.size() + rooms[attic].joins.seen.size(), 1u);
}

TEST_F(ChatSocketTest, WhoIsInARoomMayJoinItAgainAtTheLimit) {
  config.limits.rooms_per_socket_max = 1;
  auto& client = guest("ada's");
  emit(client, "join_channel", R"({"channelId":7})");
  admit(client, lobby);
  emit(client, "join_channel", R"({"channelId":7,"after":2})");
  EXPECT_EQ(rooms[lobby].joins.seen.size(), 2u);
}

// -- leave --------------------------------------------------------------------

TEST_F(ChatSocketTest, LeavesARoomAndStaysInTheOthers) {
  auto& client = guest("ada's");
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
  auto& client = guest("ada's");
  EXPECT_EQ(emit(client, "leave_channel", R"({"channelId":7})"),
            texts{R"(42["error",{"message":"Not in that room","code":"not_found","event":"leave_channel"}])"});
  EXPECT_TRUE(rooms[lobby].leaves.empty());
}

TEST_F(ChatSocketTest, LeavingBeforeTheRoomHasAnsweredTakesLeaveOfIt) {
  auto& client = guest("ada's");
  emit(client, "join_channel", R"({"channelId":7})");
  EXPECT_EQ(count(emit(client, "leave_channel", R"({"channelId":7})"), "left_channel"), 1u);
  EXPECT_EQ(rooms[lobby].leaves.size(), 1u);
  admit(client, lobby);
  EXPECT_EQ(told(client, lobby, 6), texts{}) << "the answer to a join that was taken back lets nobody in";
}

TEST_F(ChatSocketTest, LeavingBeforeTheRoomIsFoundDoesNotEndInTheRoom) {
  hold_directory();
  auto& client = guest("ada's");
  say(client, R"(42["join_channel",{"channelId":7}])", R"(42["leave_channel",{"channelId":7}])");
  while (directory.finds.waiting() > 0)
    release_directory(lobby);
  while (rooms[lobby].joins.waiting() > 0)
    admit(client, lobby);
  EXPECT_EQ(told(client, lobby, 6), texts{});
  EXPECT_EQ(rooms[lobby].leaves.size(), rooms[lobby].joins.seen.size());
}

TEST_F(ChatSocketTest, AnAnswerToAnEarlierJoinDoesNotLetInWhoLeftAndJoinedAgain) {
  auto& client = guest("ada's");
  emit(client, "join_channel", R"({"channelId":7})"), emit(client, "leave_channel", R"({"channelId":7})");
  emit(client, "join_channel", R"({"channelId":7})");
  admit(client, lobby, 5);
  EXPECT_EQ(told(client, lobby, 6), texts{}) << "the room has seen it leave, and not come back yet";
  admit(client, lobby, 6);
  EXPECT_EQ(told(client, lobby, 7).size(), 1u);
  EXPECT_EQ(rooms[lobby].leaves.size(), 1u);
}

TEST_F(ChatSocketTest, JoiningTwiceHearsFromTheFirstAnswerOn) {
  auto& client = guest("ada's");
  say(client, R"(42["join_channel",{"channelId":7}])", R"(42["join_channel",{"channelId":7}])");
  ASSERT_EQ(rooms[lobby].joins.waiting(), 2u);
  EXPECT_EQ(count(admit(client, lobby, 5), "joined_channel"), 1u);
  EXPECT_EQ(told(client, lobby, 6).size(), 1u) << "told that it is in from 5 on, it must hear 6";
  admit(client, lobby, 6);
  EXPECT_EQ(told(client, lobby, 7).size(), 1u) << "once, not twice";
}

TEST_F(ChatSocketTest, AFailedSecondJoinLeavesTheFirstOneAsItIs) {
  auto& client = guest("ada's");
  say(client, R"(42["join_channel",{"channelId":7}])", R"(42["join_channel",{"channelId":7,"after":1}])");
  admit(client, lobby, 5);
  rooms[lobby].joins.answer(errc::unavailable);
  settle();
  client.hear();
  EXPECT_EQ(told(client, lobby, 6).size(), 1u);
  EXPECT_TRUE(rooms[lobby].leaves.empty());
}

TEST_F(ChatSocketTest, AFailedFirstJoinLeavesTheSecondOneAsItIs) {
  auto& client = guest("ada's");
  say(client, R"(42["join_channel",{"channelId":7,"after":1}])", R"(42["join_channel",{"channelId":7}])");
  rooms[lobby].joins.answer(errc::unavailable);
  settle();
  admit(client, lobby, 5);
  EXPECT_EQ(told(client, lobby, 6).size(), 1u);
}

TEST_F(ChatSocketTest, WhoIsNoMemberAnyMoreHearsTheRoomNoMore) {
  auto& client = guest("ada's");
  emit(client, "join_channel", R"({"channelId":7})");
  admit(client, lobby, 5);
  for (auto why : {errc::not_a_member, errc::forbidden, errc::not_found}) {
    emit(client, "join_channel", R"({"channelId":7})");
    rooms[lobby].joins.answer(why);
    settle();
    client.hear();
    EXPECT_EQ(told(client, lobby, 6), texts{});
  }
  EXPECT_EQ(rooms[lobby].leaves.size(), 3u);
}

// -- rooms that have ended ----------------------------------------------------

/// A room of the same id takes the place of one that has ended.
struct NextRoomTest : ChatTest {
  wire& client = guest("ada's");
  scripted_room old;
  room_actor ended = mortal(old.spawn(system));

  NextRoomTest() { std::swap(found[lobby].actor, ended); } // `found` has the one that ends
  ~NextRoomTest() override { ended = nullptr; }
  void end_room() {
    std::swap(found[lobby].actor, ended);
    kill(ended);
    settle();
  }
};

TEST_F(NextRoomTest, WhatReachedNoRoomGoesToTheNextOne) {
  emit(client, "join_channel", R"({"channelId":7})");
  old.joins.answer(joined{found[lobby].room, 5, {}, false, 1});
  settle();
  client.hear();
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
  emit(client, "join_channel", R"({"channelId":7})");
  old.joins.answer(joined{found[lobby].room, 5, {}, false, 1});
  settle();
  client.hear();
  end_room();
  directory.finds.always = [](const find_room&) -> result<found_room> { return errc::not_found; };
  EXPECT_EQ(emit(client, "send_message", R"({"channelId":7,"content":"x"})"),
            texts{R"(42["error",{"message":"Access denied to channel","code":"not_found","event":"send_message"}])"});
}

TEST_F(ChatSocketTest, WhatARoomMayHaveDoneIsNotAskedForTwice) {
  auto& client = guest("ada's");
  emit(client, "send_message", R"({"channelId":7,"content":"x"})");
  EXPECT_EQ(count(refuse_submit(client, lobby, errc::unavailable), "error"), 1u);
  EXPECT_EQ(rooms[lobby].submits.seen.size(), 1u);
}

// -- typing -------------------------------------------------------------------

struct TypingTest : ChatTest {
  wire& client;

  TypingTest() : client((config.limits.rooms_per_socket_max = 1, guest("ada's"))) {
    for (auto room : {lobby, attic})
      rooms[room].hints.always = [this, room](const tell_hint&) -> result<hinted> { return hinted{found[room].room}; };
  }
  texts say_typing(const std::string& event, const std::string& room) {
    return emit(client, event, R"({"channelId":")" + room + R"("})", "0");
  }
  bool start(const std::string& room) { return say_typing("typing_start", room) == accepted(room); }
  bool stop(const std::string& room) { return say_typing("typing_stop", room) == accepted(room); }
  static texts accepted(const std::string& room) { return {R"(430[{"ok":true,"channelId":")" + room + R"("}])"}; }
};

TEST_F(TypingTest, TypesInAtMostSoManyRoomsAtOnce) {
  EXPECT_TRUE(start("7"));
  EXPECT_EQ(say_typing("typing_start", "attic"), texts{R"(430[{"ok":false,"error":"Too many rooms on this socket","code":"too_many"}])"});
  EXPECT_TRUE(rooms[attic].hints.seen.empty());
  EXPECT_TRUE(start("7")) << "where it types already";
}

TEST_F(TypingTest, WhoHasStoppedMayTypeElsewhere) {
  EXPECT_TRUE(start("7"));
  EXPECT_TRUE(stop("7"));
  EXPECT_TRUE(start("attic"));
  hang_up(client);
  EXPECT_TRUE(rooms[lobby].leaves.empty());
  EXPECT_EQ(rooms[attic].leaves.size(), 1u);
}

TEST_F(TypingTest, StoppingWhereOneDoesNotTypeTakesUpNoPlace) {
  EXPECT_TRUE(stop("7"));
  EXPECT_TRUE(start("attic"));
  EXPECT_TRUE(stop("7"));
}

TEST_F(TypingTest, WhoHasLeftMayTypeElsewhere) {
  emit(client, "join_channel", R"({"channelId":7})");
  admit(client, lobby);
  EXPECT_TRUE(start("7"));
  emit(client, "leave_channel", R"({"channelId":7})");
  EXPECT_TRUE(start("attic"));
}

TEST_F(TypingTest, WhoStartsAgainBeforeTheStopIsAnsweredTakesLeaveOfTheRoom) {
  rooms[lobby].hints.always = nullptr;
  start("7"), stop("7"), start("7");
  for (auto i = 0; i < 3; ++i)
    rooms[lobby].hints.answer(hinted{found[lobby].room});
  settle();
  hang_up(client);
  EXPECT_EQ(rooms[lobby].leaves.size(), 1u);
}

// -- going away ---------------------------------------------------------------

TEST_F(ChatSocketTest, WhoDisconnectsTakesLeaveOfEveryRoom) {
  auto& client = guest("ada's");
  emit(client, "join_channel", R"({"channelId":7})"), emit(client, "join_channel", R"({"channelId":"attic"})");
  admit(client, lobby);
  EXPECT_EQ(say(client, "41"), texts{});
  EXPECT_EQ(rooms[lobby].leaves.size(), 1u);
  EXPECT_EQ(rooms[attic].leaves.size(), 1u) << "of the one that has not answered yet, too";
  EXPECT_EQ(admit(client, attic), texts{});
  EXPECT_EQ(told(client, lobby, 6), texts{});
  EXPECT_EQ(told(client, attic, 6), texts{});
}

TEST_F(ChatSocketTest, WhoTypesWithoutHavingJoinedTakesLeaveOfTheRoomToo) {
  auto& client = guest("ada's");
  emit(client, "typing_start", R"({"channelId":7})");
  rooms[lobby].hints.answer(hinted{found[lobby].room});
  emit(client, "typing_start", R"({"channelId":"attic"})");
  rooms[attic].hints.answer(errc::not_a_member);
  settle();
  hang_up(client);
  ASSERT_EQ(rooms[lobby].leaves.size(), 1u);
  EXPECT_EQ(rooms[lobby].leaves[0].listener.connection, rooms[lobby].hints.seen[0].where);
  EXPECT_TRUE(rooms[attic].leaves.empty());
}

TEST_F(ChatSocketTest, WhoHangsUpTakesLeaveOfARoomThatHasNotAnsweredYet) {
  auto& client = guest("ada's");
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
  auto& client = guest("ada's");
  emit(client, "join_channel", R"({"channelId":7})");
  hang_up(client);
  release_directory(lobby);
  EXPECT_TRUE(rooms[lobby].joins.seen.empty());
}

TEST_F(ChatSocketTest, WhoComesBackInTheSameNamespaceIsInNoRoom) {
  auto& client = guest("ada's");
  emit(client, "join_channel", R"({"channelId":7})");
  admit(client, lobby);
  say(client, "41", R"(40{"token":"ada's"})");
  EXPECT_EQ(told(client, lobby, 6), texts{});
}

// -- submit -------------------------------------------------------------------

TEST_F(ChatSocketTest, SubmitsInTheNameOfTheTokensUser) {
  auto& client = guest("ada's");
  EXPECT_EQ(emit(client, "send_message",
                 R"({"channelId":7,"content":"hello","clientMessageId":"c1","replyToId":"9","userId":2,"user":{"name":"x"}})", "8"),
            texts{})
    << "not answered before it is stored";
  ASSERT_EQ(rooms[lobby].submits.waiting(), 1u);
  EXPECT_EQ(*rooms[lobby].submits.seen[0].who, *ada);
  EXPECT_EQ(rooms[lobby].submits.seen[0].what, (operation{post_message{"hello", "c1", message_id{9}}}));
  auto shown = std::string{R"("id":"106","content":"hello","channelId":"7","userId":"1",)"
                           R"("createdAt":"1970-01-01T00:00:00.000Z","updatedAt":"1970-01-01T00:00:00.000Z","replyToId":null,)"
                           R"("user":{"id":"1","name":"Ada","image":"https://img.example/ada.png"},)"
                           R"("replyTo":null,"attachments":[],"reactions":[],"seq":6,"clientMessageId":"c1")"};
  EXPECT_EQ(commit(client, lobby, message(lobby, 6, ada, "hello", "c1")),
            (texts{R"(42["message_sent",{)" + shown + "}]", R"(438[{"ok":true,)" + shown + "}]"}));
}

TEST_F(ChatSocketTest, AsksTheDirectoryOnlyForRoomsThatItIsNotIn) {
  auto& client = guest("ada's");
  emit(client, "join_channel", R"({"channelId":"attic"})");
  EXPECT_EQ(directory.finds.seen.size(), 1u);
  emit(client, "send_message", R"({"channelId":"attic","content":"x"})"), emit(client, "send_message", R"({"channelId":8,"content":"x"})");
  EXPECT_EQ(directory.finds.seen.size(), 1u) << "known by key and by id, even before the room has answered";
  emit(client, "send_message", R"({"channelId":7,"content":"x"})");
  EXPECT_EQ(directory.finds.seen.size(), 2u);
}

TEST_F(ChatSocketTest, WhatIsSaidBehindAJoinReachesTheRoomBehindIt) {
  hold_directory();
  auto& client = guest("ada's");
  say(client, R"(42["join_channel",{"channelId":7}])", R"(42["send_message",{"channelId":7,"content":"a"}])",
      R"(42["send_message",{"channelId":7,"content":"b"}])");
  while (directory.finds.waiting() > 0)
    release_directory(lobby);
  ASSERT_EQ(rooms[lobby].submits.seen.size(), 2u);
  EXPECT_EQ(std::get<post_message>(rooms[lobby].submits.seen[0].what).content, "a");
  EXPECT_EQ(std::get<post_message>(rooms[lobby].submits.seen[1].what).content, "b");
}

// -- failures -----------------------------------------------------------------

TEST_F(ChatSocketTest, AFailureThatMayPassCarriesThePayloadAndWhenToComeBack) {
  auto& client = guest("ada's");
  auto payload = std::string{R"({"content":"hello","channelId":7,"clientMessageId":"c1","extra":[1]})"};
  for (auto code : {errc::busy, errc::unavailable, errc::shutting_down, errc::internal}) {
    emit(client, "send_message", payload);
    EXPECT_EQ(refuse_submit(client, lobby, code),
              texts{R"(42["error",{"message":"Failed to send message","code":")" + std::string{name(code)} +
                    R"(","event":"send_message","retryAfter":1000,"data":)" + payload + R"(,"clientMessageId":"c1"}])"});
  }
}

TEST_F(ChatSocketTest, AnAcknowledgedFailureThatMayPassSaysWhenToComeBack) {
  auto& client = guest("ada's");
  emit(client, "send_message", R"({"content":"hello","channelId":7,"clientMessageId":"c1"})", "1");
  EXPECT_EQ(refuse_submit(client, lobby, errc::busy),
            texts{R"(431[{"ok":false,"error":"Failed to send message","code":"busy","retryAfter":1000}])"});
}

TEST_F(ChatSocketTest, AFailureForGoodCarriesNoPayloadToSendAgain) {
  auto& client = guest("ada's");
  auto payload = std::string{R"({"content":"hello","channelId":7,"clientMessageId":"c1"})"};
  emit(client, "send_message", payload);
  EXPECT_EQ(
    refuse_submit(client, lobby, {errc::forbidden, "You are muted in this room"}),
    texts{R"(42["error",{"message":"You are muted in this room","code":"forbidden","event":"send_message","clientMessageId":"c1"}])"});
  emit(client, "send_message", payload, "2");
  EXPECT_EQ(refuse_submit(client, lobby, errc::id_reused),
            texts{R"(432[{"ok":false,"error":"clientMessageId reused","code":"id_reused"}])"});
}

TEST_F(ChatSocketTest, APayloadThatIsNoneIsRefusedWithTheReason) {
  auto& client = guest("ada's");
  EXPECT_EQ(emit(client, "join_channel", R"({"channelId":true})"),
            texts{R"(42["error",{"message":"channelId must be the id or key of a room","code":"bad_request","event":"join_channel"}])"});
  EXPECT_EQ(emit(client, "send_message", R"({"channelId":7,"content":"","clientMessageId":"c1"})"),
            texts{R"(42["error",{"message":"Invalid message data","code":"bad_request","event":"send_message",)"
                  R"("detail":"content must be a text that is not empty","clientMessageId":"c1"}])"});
  EXPECT_EQ(emit(client, "send_message", R"("hello")", "0"),
            texts{R"(430[{"ok":false,"error":"Invalid message data","code":"bad_request","detail":"the event takes one object"}])"});
  EXPECT_EQ(say(client, R"(42["leave_channel"])"),
            texts{R"(42["error",{"message":"the event takes one object","code":"bad_request","event":"leave_channel"}])"});
  EXPECT_TRUE(directory.finds.seen.empty());
}

TEST_F(ChatSocketTest, AnUnknownEventIsAnErrorAndNoMore) {
  auto& client = guest("ada's");
  EXPECT_EQ(emit(client, "dance", "1"), texts{R"(42["error",{"message":"Unknown event dance","code":"unknown_event","event":"dance"}])"});
  EXPECT_EQ(emit(client, "dance", "1", "9"), texts{R"(439[{"ok":false,"error":"Unknown event dance","code":"unknown_event"}])"});
}

TEST_F(ChatSocketTest, AnUnknownEventWithALongNameIsShownWithoutHalfALetter) {
  auto& client = guest("ada's");
  auto name = std::string(63, 'x') + "ż" + std::string(100'000, 'y'); // the letter lies across the bound of what is shown
  auto heard = emit(client, name, "1");
  ASSERT_EQ(heard.size(), 1u);
  EXPECT_TRUE(heard[0].starts_with(R"(42["error",{"message":"Unknown event xxx)")) << heard[0].substr(0, 200);
  EXPECT_LT(heard[0].size(), 1000u) << "what a client says is not sent back at any length";
  EXPECT_EQ(emit(client, name, "1", "9").size(), 1u);
}

// -- bounds and the end -------------------------------------------------------

TEST_F(ChatSocketTest, AtTheLimitOfSubmitsInFlightTheClientIsNotRead) {
  config.limits.submits_in_flight = 2;
  auto& client = guest("ada's");
  const auto send = [&] { return emit(client, "send_message", R"({"channelId":7,"content":"x"})"); };
  send(), send(), send();
  emit(client, "join_channel", R"({"channelId":"attic"})");
  EXPECT_EQ(rooms[lobby].submits.seen.size(), 2u);
  EXPECT_TRUE(rooms[attic].joins.seen.empty()) << "nothing else, either: TCP keeps the order";
  commit(client, lobby, message(lobby, 1, ada, "x"));
  EXPECT_EQ(rooms[lobby].submits.seen.size(), 3u) << "one answered, one more is read";
  refuse_submit(client, lobby, errc::forbidden);
  EXPECT_EQ(rooms[attic].joins.seen.size(), 1u) << "a refusal is an answer, too";
}

TEST_F(ChatSocketTest, ManySubmitsInOnePieceAreAllAnsweredAndTheClientIsReadAgain) {
  config.limits.submits_in_flight = 2;
  auto& client = guest("ada's");
  const auto frame = std::string{R"(42["send_message",{"channelId":7,"content":"x"}])"};
  client.say(frame, frame, frame, frame, frame);
  settle();
  size_t answered = 0;
  for (seqno seq = 1; rooms[lobby].submits.waiting() > 0; ++seq)
    answered += count(commit(client, lobby, message(lobby, seq, ada, "x")), "message_sent");
  EXPECT_EQ(answered, 5u);
  EXPECT_EQ(emit(client, "dance", "1").size(), 1u);
}

TEST_F(ChatSocketTest, TooManyBytesInFlightAlsoStopTheReading) {
  config.network.outbox_bytes_max = 80'000;
  auto& client = guest("ada's");
  auto large = R"({"channelId":7,"content":")" + std::string(6'000, 'x') + R"("})";
  emit(client, "send_message", large), emit(client, "send_message", large), emit(client, "send_message", large);
  EXPECT_EQ(rooms[lobby].submits.seen.size(), 2u) << "10,000 bytes are an eighth";
  commit(client, lobby, message(lobby, 1, ada, "x"));
  EXPECT_EQ(rooms[lobby].submits.seen.size(), 3u);
}

TEST_F(ChatSocketTest, ShortAnswersToMessagesWeighWhatTheyQuote) {
  config.network.outbox_bytes_max = 16'000;
  auto& client = guest("ada's");
  for (auto i = 0; i < 4; ++i)
    emit(client, "send_message", R"({"channelId":7,"content":"x","replyToId":"9"})");
  EXPECT_EQ(rooms[lobby].submits.seen.size(), 2u) << "2,000 bytes are an eighth";
}

TEST_F(ChatSocketTest, WhatFailsBeforeItReachesARoomStopsNoReading) {
  config.limits.submits_in_flight = 1;
  auto& client = guest("ada's");
  for (auto i = 0; i < 3; ++i)
    EXPECT_EQ(emit(client, "send_message", R"({"channelId":"nowhere","content":"x"})").size(), 1u);
}

TEST_F(ChatSocketTest, AnAnswerToWhoHasGoneIsHeardByNobody) {
  auto& client = guest("ada's");
  emit(client, "send_message", R"({"channelId":7,"content":"x"})");
  say(client, "41", R"(40{"token":"ada's"})");
  EXPECT_EQ(commit(client, lobby, message(lobby, 1, ada, "x")), texts{}) << "another socket of the same connection";
}

TEST_F(ChatSocketTest, ADrainWaitsForWhatIsInFlightThenSaysGoodbye) {
  auto& client = guest("ada's");
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
