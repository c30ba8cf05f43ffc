#include "room_actor_test.hpp"

namespace stentor {
namespace {

// -- the end ------------------------------------------------------------------

TEST_F(RoomActorTest, ADrainIsAnsweredAtOnceIfNothingIsInFlight) {
  EXPECT_FALSE(end().pending());
  EXPECT_EQ(say("late").code(), errc::shutting_down);
  EXPECT_TRUE(disk.appends.seen.empty());
}

TEST_F(RoomActorTest, ADrainIsAnsweredBehindWhatIsInFlightAndWhatWaits) {
  hear(connection(0));
  auto one = say("1"), two = say("2");
  auto drained = end(), once_more = end();
  EXPECT_EQ(say("late").code(), errc::shutting_down);
  commit();
  EXPECT_FALSE(one.pending());
  EXPECT_TRUE(drained.pending()) << "what had been admitted is not done yet";
  commit();
  EXPECT_EQ(two.value().what->seq, 2u);
  EXPECT_EQ(told(near), numbers(1, 2));
  EXPECT_FALSE(drained.pending());
  EXPECT_FALSE(once_more.pending());
}

TEST_F(RoomActorTest, ADrainIsAnsweredWhenTheCommitFails) {
  auto one = say("1");
  auto drained = end();
  disk.appends.answer(errc::unavailable);
  settle();
  EXPECT_EQ(one.code(), errc::unavailable);
  EXPECT_FALSE(drained.pending());
}

TEST_F(RoomActorTest, NoReadCursorMovesOnceItDrains) {
  end();
  auto late = ask(room, mark_read{bob->id, 1});
  settle();
  EXPECT_EQ(late.code(), errc::shutting_down);
  EXPECT_TRUE(disk.cursors.seen.empty());
}

// -- idle ---------------------------------------------------------------------

struct IdleRoomTest : RoomActorTest {
  reply<idle> quiet = await();

  reply<idle> await() {
    auto answer = ask(room, await_idle{});
    settle();
    return answer;
  }
  reply<rested> end_it() {
    auto answer = ask(room, rest{});
    settle();
    return answer;
  }
  void minutes_pass(int count) {
    for (auto i = 0; i < count; ++i)
      time_passes(std::chrono::minutes{1});
  }
};

TEST_F(IdleRoomTest, ARoomThatNobodyAsksAnythingIsIdleAndMayEnd) {
  EXPECT_TRUE(quiet.pending());
  minutes_pass(1);
  EXPECT_FALSE(quiet.pending());
  auto before = alive();
  EXPECT_TRUE(end_it().value().has_ended);
  EXPECT_EQ(alive(), before - 1);
}

TEST_F(IdleRoomTest, WhoeverListensTypesOrWaitsKeepsItAwake) {
  hear(connection(0));
  minutes_pass(5);
  EXPECT_TRUE(quiet.pending()) << "somebody listens";
  go(connection(0));
  open_room(10);
  quiet = await();
  auto missed = hear(connection(0), 3);
  go(connection(0));
  minutes_pass(5);
  EXPECT_TRUE(quiet.pending()) << "a join waits for the reader";
  read(4, 10);
  auto posted = say("hello");
  minutes_pass(5);
  EXPECT_TRUE(quiet.pending()) << "an append is in flight";
  commit();
  minutes_pass(2);
  EXPECT_FALSE(quiet.pending());
}

TEST_F(IdleRoomTest, AQuestionStartsTheWaitAfresh) {
  for (auto i = 0; i < 5; ++i) {
    minutes_pass(1);
    ask(room, describe{ada->id});
    settle();
  }
  EXPECT_FALSE(quiet.pending()) << "idle in its first minute";
  quiet = await();
  for (auto i = 0; i < 5; ++i) {
    ask(room, describe{ada->id});
    minutes_pass(1);
  }
  EXPECT_TRUE(quiet.pending());
}

TEST_F(IdleRoomTest, WhatCrossesTheEndIsDoneAndKeepsItAlive) {
  minutes_pass(1);
  ASSERT_FALSE(quiet.pending());
  auto crossing = ask(room, submit{ada, post_message{"hello", {}, {}}});
  auto end = ask(room, rest{});
  settle();
  EXPECT_FALSE(end.value().has_ended);
  commit();
  EXPECT_EQ(crossing.value().what->seq, 1u);
  EXPECT_FALSE(hear(connection(0)).pending());
  go(connection(0));
  quiet = await();
  minutes_pass(2);
  EXPECT_FALSE(quiet.pending()) << "it is idle once more";
  EXPECT_TRUE(end_it().value().has_ended);
}

TEST_F(IdleRoomTest, WhatComesBehindTheEndHasReachedNobody) {
  minutes_pass(1);
  auto end = ask(room, rest{});
  auto late = say("too late");
  EXPECT_TRUE(end.value().has_ended);
  EXPECT_EQ(late.code(), errc::unavailable);
  EXPECT_TRUE(disk.appends.seen.empty());
}

TEST_F(IdleRoomTest, ADeletedRoomIsIdleLikeAnyOther) {
  hear(connection(0));
  does(ada, delete_room{});
  happens(room_deleted{});
  minutes_pass(2);
  EXPECT_FALSE(quiet.pending());
}

} // namespace
} // namespace stentor
