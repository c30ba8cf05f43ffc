// What is submitted to rooms: the answers, the failures, and how much of it may be in flight.

#include "chat_test.hpp"

namespace stentor {
namespace {

// -- submit -------------------------------------------------------------------

TEST_F(ChatSocketTest, SubmitsInTheNameOfTheTokensUser) {
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
  emit(client, "join_channel", R"({"channelId":"attic"})");
  EXPECT_EQ(directory.finds.seen.size(), 1u);
  emit(client, "send_message", R"({"channelId":"attic","content":"x"})"), emit(client, "send_message", R"({"channelId":8,"content":"x"})");
  EXPECT_EQ(directory.finds.seen.size(), 1u) << "known by key and by id, even before the room has answered";
  emit(client, "send_message", R"({"channelId":7,"content":"x"})");
  EXPECT_EQ(directory.finds.seen.size(), 2u);
}

TEST_F(ChatSocketTest, WhatIsSaidBehindAJoinReachesTheRoomBehindIt) {
  hold_directory();
  say(client, R"(42["join_channel",{"channelId":7}])", R"(42["send_message",{"channelId":7,"content":"a"}])",
      R"(42["send_message",{"channelId":7,"content":"b"}])");
  while (directory.finds.waiting() > 0)
    release_directory(lobby);
  ASSERT_EQ(rooms[lobby].submits.seen.size(), 2u);
  EXPECT_EQ(std::get<post_message>(rooms[lobby].submits.seen[0].what).content, "a");
  EXPECT_EQ(std::get<post_message>(rooms[lobby].submits.seen[1].what).content, "b");
}

TEST_F(ChatSocketTest, WhatARoomMayHaveDoneIsNotAskedForTwice) {
  emit(client, "send_message", R"({"channelId":7,"content":"x"})");
  EXPECT_EQ(count(refuse_submit(client, lobby, errc::unavailable), "error"), 1u);
  EXPECT_EQ(rooms[lobby].submits.seen.size(), 1u);
}

// -- failures -----------------------------------------------------------------

TEST_F(ChatSocketTest, AFailureThatMayPassCarriesThePayloadAndWhenToComeBack) {
  auto payload = std::string{R"({"content":"hello","channelId":7,"clientMessageId":"c1","extra":[1]})"};
  for (auto code : {errc::busy, errc::unavailable, errc::shutting_down, errc::internal}) {
    emit(client, "send_message", payload);
    EXPECT_EQ(refuse_submit(client, lobby, code),
              texts{R"(42["error",{"message":"Failed to send message","code":")" + std::string{name(code)} +
                    R"(","event":"send_message","retryAfter":1000,"data":)" + payload + R"(,"clientMessageId":"c1"}])"});
  }
}

TEST_F(ChatSocketTest, AnAcknowledgedFailureThatMayPassSaysWhenToComeBack) {
  emit(client, "send_message", R"({"content":"hello","channelId":7,"clientMessageId":"c1"})", "1");
  EXPECT_EQ(refuse_submit(client, lobby, errc::busy),
            texts{R"(431[{"ok":false,"error":"Failed to send message","code":"busy","retryAfter":1000}])"});
}

TEST_F(ChatSocketTest, AFailureForGoodCarriesNoPayloadToSendAgain) {
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
  EXPECT_EQ(emit(client, "dance", "1"), texts{R"(42["error",{"message":"Unknown event dance","code":"unknown_event","event":"dance"}])"});
  EXPECT_EQ(emit(client, "dance", "1", "9"), texts{R"(439[{"ok":false,"error":"Unknown event dance","code":"unknown_event"}])"});
}

TEST_F(ChatSocketTest, AnUnknownEventWithALongNameIsShownWithoutHalfALetter) {
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
  auto large = R"({"channelId":7,"content":")" + std::string(6'000, 'x') + R"("})";
  emit(client, "send_message", large), emit(client, "send_message", large), emit(client, "send_message", large);
  EXPECT_EQ(rooms[lobby].submits.seen.size(), 2u) << "10,000 bytes are an eighth";
  commit(client, lobby, message(lobby, 1, ada, "x"));
  EXPECT_EQ(rooms[lobby].submits.seen.size(), 3u);
}

TEST_F(ChatSocketTest, ShortAnswersToMessagesWeighWhatTheyQuote) {
  config.network.outbox_bytes_max = 16'000;
  for (auto i = 0; i < 4; ++i)
    emit(client, "send_message", R"({"channelId":7,"content":"x","replyToId":"9"})");
  EXPECT_EQ(rooms[lobby].submits.seen.size(), 2u) << "2,000 bytes are an eighth";
}

TEST_F(ChatSocketTest, WhatFailsBeforeItReachesARoomStopsNoReading) {
  config.limits.submits_in_flight = 1;
  for (auto i = 0; i < 3; ++i)
    EXPECT_EQ(emit(client, "send_message", R"({"channelId":"nowhere","content":"x"})").size(), 1u);
}

} // namespace
} // namespace stentor
