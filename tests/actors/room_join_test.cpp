#include "room_actor_test.hpp"

namespace stentor {
namespace {

// -- who hears it -------------------------------------------------------------

TEST_F(RoomActorTest, TellsEachNetworkThreadOnceHoweverManyListenThere) {
  hear(connection(0, 0)), hear(connection(0, 1), {}, bob), hear(connection(0, 1, 1), {}, bob), hear(connection(1, 0));
  commit_messages(1);
  ASSERT_EQ(near.letters.size(), 1u);
  ASSERT_EQ(far.letters.size(), 1u);
  EXPECT_EQ(near.letters[0].what[0], far.letters[0].what[0]) << "made once, shared between threads";
}

TEST_F(RoomActorTest, TellsAllOfAnAppendInOneDeliverInOrder) {
  hear(connection(0));
  say("a"), say("b"), say("c");
  commit();
  commit();
  ASSERT_EQ(near.letters.size(), 2u);
  EXPECT_EQ(near.letters[1].what.size(), 2u);
  EXPECT_EQ(told(near), numbers(1, 3));
}

TEST_F(RoomActorTest, TellsAThreadNothingAfterItsLastListenerLeft) {
  hear(connection(0, 0)), hear(connection(0, 1)), hear(connection(1, 0));
  go(connection(0, 0));
  commit_messages(1);
  EXPECT_EQ(told(near), std::vector<seqno>{1});
  go(connection(0, 1));
  commit_messages(1);
  EXPECT_EQ(told(near), std::vector<seqno>{1});
  EXPECT_EQ(told(far), numbers(1, 2));
}

TEST_F(RoomActorTest, AListenerIsAConnectionInOneVariant) {
  hear(connection(0, 0, 0)), hear(connection(0, 0, 1));
  go(connection(0, 0, 0));
  commit_messages(1);
  EXPECT_EQ(told(near), std::vector<seqno>{1}) << "the other variant still listens";
  go(connection(0, 0, 1));
  commit_messages(1);
  EXPECT_EQ(told(near), std::vector<seqno>{1});
}

TEST_F(RoomActorTest, JoiningTwiceIsOneListenerAndLeavingTwiceIsNothing) {
  hear(connection(0)), hear(connection(0));
  go(connection(0));
  go(connection(0));
  go(connection(9));
  commit_messages(1);
  EXPECT_TRUE(near.letters.empty());
}

TEST_F(RoomActorTest, ALeaveFromAnEarlierTenantOfASlotLeavesTheNewOneAlone) {
  auto before = subscriber{{0, 3, 1}, 0}, now = subscriber{{0, 3, 2}, 0};
  hear(before), hear(now);
  go(before);
  commit_messages(1);
  EXPECT_EQ(told(near), std::vector<seqno>{1});
}

TEST_F(RoomActorTest, AStrangerDoesNotHearTheRoom) {
  EXPECT_EQ(hear(connection(0), {}, stranger).code(), errc::not_a_member);
  EXPECT_EQ(hear(connection(0), {}, banned).code(), errc::forbidden);
  EXPECT_FALSE(hear(connection(1), {}, muted).pending());
  commit_messages(1);
  EXPECT_TRUE(near.letters.empty()) << "who was refused is not counted";
  EXPECT_EQ(told(far), std::vector<seqno>{1}) << "who is muted may listen";
}

TEST_F(RoomActorTest, AStrangerCannotTellAClosedRoomFromNone) {
  open_room(0, room_visibility::closed);
  EXPECT_EQ(hear(connection(0), {}, stranger).code(), errc::not_found);
  EXPECT_EQ(hear(connection(0), 0, stranger).code(), errc::not_found);
  EXPECT_EQ(say("hi", stranger).code(), errc::not_found);
}

// -- what was missed ----------------------------------------------------------

TEST_F(RoomActorTest, AJoinWithoutAPositionBringsNothingAlong) {
  commit_messages(2);
  auto news = hear(connection(0)).value();
  EXPECT_EQ(news.seq, 2u);
  EXPECT_EQ(news.room.id, lobby);
  EXPECT_EQ(news.room.key, "lobby");
  EXPECT_TRUE(news.missed.empty());
  EXPECT_FALSE(news.has_more);
}

TEST_F(RoomActorTest, AJoinInsideTheTailBringsWhatWasMissedWithoutReading) {
  commit_messages(4);
  auto news = hear(connection(0), 2).value();
  EXPECT_EQ(seqs(news.missed), numbers(3, 4));
  EXPECT_EQ(news.seq, 4u);
  EXPECT_FALSE(news.has_more);
  EXPECT_TRUE(hear(connection(0), 4).value().missed.empty());
  EXPECT_TRUE(hear(connection(0), 99).value().missed.empty()) << "a position from the future has missed nothing";
  EXPECT_TRUE(reader.reads.seen.empty());
}

TEST_F(RoomActorTest, AJoinOlderThanTheTailReads) {
  open_room(10);
  auto answer = hear(connection(0), 7);
  ASSERT_EQ(reader.reads.waiting(), 1u);
  auto [id, range] = reader.reads.seen[0];
  EXPECT_EQ(id, lobby);
  EXPECT_EQ(range.where, store::range::direction::after);
  EXPECT_EQ(range.from, 7u);
  EXPECT_EQ(range.limit, 5u);
  EXPECT_FALSE(range.messages_only);
  EXPECT_TRUE(answer.pending());
  read(8, 10);
  EXPECT_EQ(seqs(answer.value().missed), numbers(8, 10));
  EXPECT_EQ(answer.value().seq, 10u);
  EXPECT_FALSE(answer.value().has_more);
}

TEST_F(RoomActorTest, WhatIsCommittedDuringTheReadComesFromTheTailWithoutAGapOrADouble) {
  open_room(10);
  auto answer = hear(connection(0), 8);
  commit_messages(2);
  EXPECT_TRUE(near.letters.empty()) << "not subscribed before the answer";
  read(9, 10);
  EXPECT_EQ(seqs(answer.value().missed), numbers(9, 12));
  EXPECT_EQ(answer.value().seq, 12u);
  EXPECT_FALSE(answer.value().has_more);
  commit_messages(1);
  EXPECT_EQ(told(near), std::vector<seqno>{13});
}

TEST_F(RoomActorTest, WhatTheReadAndTheTailBothHaveComesOnce) {
  open_room(10);
  auto answer = hear(connection(0), 9);
  commit_messages(2);
  read(10, 11); // the reader saw one of the two commits
  EXPECT_EQ(seqs(answer.value().missed), numbers(10, 12));
}

TEST_F(RoomActorTest, WhatTheReaderSawBeforeTheRoomDidComesOnce) {
  open_room(10);
  auto answer = hear(connection(0), 9);
  say("on disk, and the room does not know it yet");
  read(10, 11);
  commit();
  auto heard = seqs(answer.value().missed);
  auto live = told(near);
  heard.insert(heard.end(), live.begin(), live.end());
  EXPECT_EQ(heard, numbers(10, 11));
  EXPECT_LE(answer.value().missed.size(), answer.value().seq - 9) << "nothing is missed that is newer than the answer's seq";
}

TEST_F(RoomActorTest, ReadsOnceMoreIfTheTailHasMovedPastTheRead) {
  open_room(10);
  auto answer = hear(connection(0), 9);
  commit_messages(4); // 11 to 14, the tail begins at 12
  read(10, 10);
  EXPECT_TRUE(answer.pending());
  ASSERT_EQ(reader.reads.waiting(), 1u);
  read(10, 14);
  EXPECT_EQ(seqs(answer.value().missed), numbers(10, 14));
  EXPECT_FALSE(answer.value().has_more);
  EXPECT_EQ(reader.reads.seen.size(), 2u);
  commit_messages(1);
  EXPECT_EQ(told(near), std::vector<seqno>{15});
}

TEST_F(RoomActorTest, AJoinBringsAtMostMissedMaxOutOfTheTail) {
  open_room(0, room_visibility::open, 2);
  commit_messages(3);
  auto news = hear(connection(0), 0).value();
  EXPECT_EQ(seqs(news.missed), numbers(1, 2)) << "the oldest, so that paging goes on behind them";
  EXPECT_TRUE(news.has_more);
  EXPECT_EQ(news.seq, 3u);
  EXPECT_FALSE(hear(connection(0), 1).value().has_more);
}

TEST_F(RoomActorTest, AJoinBringsAtMostMissedMaxOutOfTheRead) {
  open_room(20);
  auto answer = hear(connection(0), 3);
  read(4, 8, true);
  EXPECT_EQ(seqs(answer.value().missed), numbers(4, 8));
  EXPECT_TRUE(answer.value().has_more);
  EXPECT_EQ(answer.value().seq, 20u) << "where the room is, so that the client knows how far to page";
  commit_messages(1);
  EXPECT_EQ(told(near), std::vector<seqno>{21});
}

TEST_F(RoomActorTest, AJoinBringsAtMostMissedMaxOutOfReadAndTail) {
  open_room(10);
  auto answer = hear(connection(0), 6);
  commit_messages(2);
  read(7, 10); // 4 read and 2 in the tail are more than 5
  EXPECT_EQ(seqs(answer.value().missed), numbers(7, 11));
  EXPECT_TRUE(answer.value().has_more);
}

TEST_F(RoomActorTest, AJoinBringsAtMostSoManyBytesButAlwaysOneEvent) {
  missed_bytes_max = 2 * wire_bytes(*said(1)) + 10;
  open_room(10);
  auto answer = hear(connection(0), 6);
  read(7, 10);
  EXPECT_EQ(seqs(answer.value().missed), numbers(7, 8));
  EXPECT_TRUE(answer.value().has_more);
  missed_bytes_max = 1;
  open_room(10);
  answer = hear(connection(0), 6);
  read(7, 10);
  EXPECT_EQ(seqs(answer.value().missed), numbers(7, 7));
  EXPECT_TRUE(answer.value().has_more);
  answer = hear(connection(0), 9);
  read(10, 10);
  EXPECT_EQ(seqs(answer.value().missed), numbers(10, 10));
  EXPECT_FALSE(answer.value().has_more);
}

TEST_F(RoomActorTest, ReadsOnBehindMessagesThatAreAllDeletedSince) {
  open_room(20);
  auto answer = hear(connection(0), 3);
  reader.reads.answer(store::page{.events = {}, .has_more = true, .reached = 8});
  settle();
  EXPECT_TRUE(answer.pending()) << "nothing to go on from";
  reader.reads.answer(store::page{.events = {}, .has_more = true, .reached = 13});
  settle();
  ASSERT_EQ(reader.reads.waiting(), 1u);
  EXPECT_EQ(reader.reads.seen.back().which.from, 13u);
  read(14, 18, true);
  EXPECT_EQ(seqs(answer.value().missed), numbers(14, 18));
  EXPECT_TRUE(answer.value().has_more);
  answer = hear(connection(0), 18);
  reader.reads.answer(store::page{.events = {}, .has_more = false, .reached = 20});
  settle();
  EXPECT_TRUE(answer.value().missed.empty());
  EXPECT_FALSE(answer.value().has_more);
}

TEST_F(RoomActorTest, ExactlyMissedMaxIsAllThereIs) {
  open_room(10);
  auto answer = hear(connection(0), 5);
  read(6, 10);
  EXPECT_EQ(seqs(answer.value().missed), numbers(6, 10));
  EXPECT_FALSE(answer.value().has_more);
}

TEST_F(RoomActorTest, AFailedReadIsAnsweredAndSubscribesNobody) {
  open_room(10);
  auto answer = hear(connection(0), 3);
  reader.reads.answer(errc::unavailable);
  settle();
  EXPECT_EQ(answer.code(), errc::unavailable);
  commit_messages(1);
  EXPECT_TRUE(near.letters.empty());
  kill(history);
  settle();
  EXPECT_EQ(hear(connection(0), 3).code(), errc::unavailable);
}

TEST_F(RoomActorTest, WhoLeavesDuringTheReadIsAnsweredAndNotSubscribed) {
  open_room(10);
  auto one = hear(connection(0), 8), other = hear(connection(0, 1), 9);
  go(connection(0));
  read(9, 10);
  EXPECT_EQ(seqs(one.value().missed), numbers(9, 10)) << "every question is answered";
  read(10, 10);
  go(connection(0, 1));
  commit_messages(1);
  EXPECT_TRUE(near.letters.empty()) << "the room would go on telling a listener that has left";
}

TEST_F(RoomActorTest, WhoLeavesDuringTheReadAndComesBackIsSubscribed) {
  open_room(10);
  auto before = hear(connection(0), 8);
  go(connection(0));
  auto now = hear(connection(0), 7);
  reader.reads.answer(errc::unavailable);
  settle();
  EXPECT_EQ(before.code(), errc::unavailable);
  read(8, 10);
  EXPECT_FALSE(now.pending());
  commit_messages(1);
  EXPECT_EQ(told(near), std::vector<seqno>{11});
}

TEST_F(RoomActorTest, JoinsThatWaitAreCounted) {
  auto waiting = [] { return metrics::total(metrics::metric::room_arrivals); };
  open_room(10);
  auto before = waiting();
  hear(connection(0), 8), hear(connection(1), 8);
  EXPECT_EQ(waiting(), before + 2);
  read(9, 10);
  reader.reads.answer(errc::unavailable);
  settle();
  EXPECT_EQ(waiting(), before);
}

TEST_F(RoomActorTest, WhoIsBannedDuringTheReadDoesNotJoin) {
  open_room(10);
  auto answer = hear(connection(0), 3, bob);
  say("something");
  commit({{std::make_shared<const event>(event{lobby, 11, wall_time{}, member_added{bob->id, member_role::banned}}), true}});
  read(4, 8, true);
  EXPECT_EQ(answer.code(), errc::forbidden);
  say("later");
  stored = 11;
  commit();
  EXPECT_TRUE(near.letters.empty());
}

} // namespace
} // namespace stentor
