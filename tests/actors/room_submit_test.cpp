#include "room_actor_test.hpp"

namespace stentor {
namespace {

TEST_F(RoomActorTest, CommitsBeforeItAnswersAndDelivers) {
  hear(connection(0));
  auto answer = say("hello");
  ASSERT_EQ(disk.appends.waiting(), 1u);
  EXPECT_EQ(disk.appends.seen[0].batch.room, lobby);
  EXPECT_EQ(texts(disk.appends.seen[0]), std::vector<std::string>{"hello"});
  EXPECT_TRUE(answer.pending()) << "answered before its commit";
  EXPECT_TRUE(near.letters.empty()) << "delivered before its commit";
  commit();
  EXPECT_EQ(answer.value().what->seq, 1u);
  EXPECT_EQ(answer.value().room.id, lobby);
  EXPECT_EQ(answer.value().room.key, "lobby");
  EXPECT_EQ(std::get<message_posted>(answer.value().what->what).content, "hello");
  EXPECT_EQ(told(near), std::vector<seqno>{1});
  EXPECT_EQ(near.letters[0].room, room_index_key(lobby));
}

TEST_F(RoomActorTest, WhatArrivesDuringACommitIsTheNextAppend) {
  hear(connection(0));
  auto one = say("a"), two = say("b"), three = say("c", bob);
  ASSERT_EQ(disk.appends.seen.size(), 1u) << "one append is in flight at a time";
  commit();
  EXPECT_FALSE(one.pending());
  EXPECT_TRUE(two.pending());
  ASSERT_EQ(disk.appends.seen.size(), 2u);
  EXPECT_EQ(texts(disk.appends.seen[1]), (std::vector<std::string>{"b", "c"}));
  EXPECT_EQ(disk.appends.seen[1].batch.entries[1].author, bob);
  commit();
  EXPECT_EQ(two.value().what->seq, 2u);
  EXPECT_EQ(three.value().what->seq, 3u);
  EXPECT_EQ(told(near), numbers(1, 3));
  EXPECT_EQ(disk.appends.seen.size(), 2u) << "nothing is appended for nothing";
}

TEST_F(RoomActorTest, AFailedCommitIsAnsweredToAllWhoWaitForIt) {
  hear(connection(0));
  auto zero = say("zero"), one = say("a"), two = say("b", bob);
  commit();
  commit({{errc::unavailable}, {errc::unavailable}});
  EXPECT_EQ(zero.value().what->seq, 1u);
  EXPECT_EQ(one.code(), errc::unavailable);
  EXPECT_EQ(two.code(), errc::unavailable);
  EXPECT_EQ(told(near), std::vector<seqno>{1}) << "what is not stored is heard by nobody";
}

TEST_F(RoomActorTest, ARoomHealsAfterAFailedCommit) {
  hear(connection(0));
  auto lost = say("lost");
  auto next = say("next");
  commit({{errc::unavailable}});
  EXPECT_EQ(lost.code(), errc::unavailable);
  ASSERT_EQ(disk.appends.waiting(), 1u) << "what waited behind is tried";
  commit();
  EXPECT_EQ(next.value().what->seq, 1u) << "a failed commit takes no seq";
  EXPECT_EQ(told(near), std::vector<seqno>{1});
  EXPECT_EQ(hear(connection(0, 1)).value().seq, 1u);
}

TEST_F(RoomActorTest, AnErrorOfTheWriterIsAnsweredAndTheRoomLivesOn) {
  auto one = say("a"), two = say("b");
  disk.appends.answer(errc::unavailable);
  settle();
  EXPECT_EQ(one.code(), errc::unavailable);
  commit();
  EXPECT_EQ(two.value().what->seq, 1u);
}

TEST_F(RoomActorTest, WithoutAWriterEverySubmitIsUnavailable) {
  kill(persistence);
  settle();
  EXPECT_EQ(say("hello").code(), errc::unavailable);
  EXPECT_EQ(say("hello again").code(), errc::unavailable);
}

TEST_F(RoomActorTest, ARefusedEntryRefusesNothingElse) {
  hear(connection(0));
  say("first");
  auto one = say("a"), two = say("b"), three = say("c");
  commit();
  auto entries = disk.appends.seen[1].batch.entries;
  auto stored_one = store_entry(entries[0]);
  commit({stored_one, {errc::id_reused}, store_entry(entries[2])});
  EXPECT_EQ(one.value().what->seq, 2u);
  EXPECT_EQ(two.code(), errc::id_reused);
  EXPECT_EQ(three.value().what->seq, 3u);
  EXPECT_EQ(told(near), numbers(1, 3));
}

TEST_F(RoomActorTest, PassesTheRoomsRefusalBackWithoutAskingTheDisk) {
  EXPECT_EQ(say("hi", stranger).code(), errc::not_a_member);
  EXPECT_EQ(say("hi", muted).error(), (failure{errc::forbidden, "You are muted in this room"}));
  EXPECT_EQ(say("hi", banned).code(), errc::forbidden);
  EXPECT_EQ(say(std::string(1001, 'x')).code(), errc::too_large);
  EXPECT_TRUE(disk.appends.seen.empty());
}

TEST_F(RoomActorTest, ARetryIsAnsweredWithTheFirstResultAndDeliveredToNobody) {
  hear(connection(0));
  say("hello", ada, "c1");
  commit();
  auto first = near.letters.size();
  auto retry = say("hello", ada, "c1");
  commit({{said(1), false}});
  EXPECT_EQ(retry.value().what->seq, 1u);
  EXPECT_EQ(near.letters.size(), first) << "not even an empty deliver";
  commit_messages(1);
  EXPECT_EQ(told(near), (std::vector<seqno>{1, 2}));
}

TEST_F(RoomActorTest, AMemberAddedByACommitMayPostAndIsCounted) {
  EXPECT_EQ(hear(connection(0)).value().members, 3u) << "the banned are none";
  auto added = ask(room, submit{stranger, add_member{stranger->id, member_role::member}});
  settle();
  EXPECT_EQ(say("too early", stranger).code(), errc::not_a_member) << "membership counts when it is stored";
  commit();
  EXPECT_TRUE(std::holds_alternative<member_added>(added.value().what->what));
  auto answer = say("hi", stranger);
  commit();
  EXPECT_EQ(answer.value().what->seq, 2u);
  EXPECT_EQ(hear(connection(0)).value().members, 4u);
}

TEST_F(RoomActorTest, IsBusyWhenTooMuchWaits) {
  auto one = say("1"); // in flight
  auto two = say("2"), three = say("3"), four = say("4");
  EXPECT_EQ(say("5").code(), errc::busy);
  EXPECT_EQ(say("hi", stranger).code(), errc::not_a_member) << "a refusal needs no room in the queue";
  commit();
  EXPECT_FALSE(one.pending());
  auto five = say("5");
  EXPECT_EQ(say("6").code(), errc::busy) << "three in flight and one behind them";
  commit();
  commit();
  EXPECT_EQ(five.value().what->seq, 5u);
}

} // namespace
} // namespace stentor
