#include "net/timer_wheel.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <random>
#include <stdexcept>
#include <vector>

namespace stentor {
namespace {

using namespace std::chrono_literals;

constexpr auto start = steady_time{} + 1h;
constexpr auto tick = timer_wheel::tick;
constexpr auto turn = 4096 * tick;

/// Writes down when it was called, and does what the test says.
struct alarm_clock : timer_wheel::client {
  std::vector<steady_time> rang;
  std::function<void(steady_time)> then;

  void on_deadline(steady_time now) override {
    rang.push_back(now);
    if (auto what = then)
      what(now);
  }
};

struct timer_wheel_of_a_thread : testing::Test {
  timer_wheel wheel{start};
  alarm_clock a, b, c;

  /// Advances in steps of a millisecond, as a busy thread does.
  void pass(steady_time from, steady_time to) {
    for (auto now = from; now <= to; now += 1ms)
      wheel.advance(now);
  }
  /// Advances only when the wheel asks for it, as an idle thread does.
  size_t idle_until(steady_time end) {
    size_t wakes = 0;
    for (; wheel.next() <= end; ++wakes)
      wheel.advance(wheel.next());
    return wakes;
  }
};

TEST_F(timer_wheel_of_a_thread, GoesOnBehindAClientThatThrows) {
  a.then = [](steady_time) { throw std::runtime_error("as asked"); };
  wheel.set(a, start + tick);
  wheel.set(b, start + tick);
  EXPECT_THROW(wheel.advance(start + tick), std::runtime_error);
  EXPECT_LE(wheel.next(), start + tick) << "b is due";
  wheel.advance(start + tick);
  EXPECT_EQ(b.rang.size(), 1u);
  EXPECT_EQ(wheel.next(), steady_time::max());
}

TEST_F(timer_wheel_of_a_thread, IsNeverEarlyAndAtMostATickLate) {
  std::minstd_rand dice{7};
  auto clocks = std::vector<alarm_clock>(500);
  auto deadlines = std::vector<steady_time>(clocks.size());
  for (size_t i = 0; i < clocks.size(); ++i) {
    deadlines[i] = start + std::chrono::microseconds{dice() % 200'000};
    wheel.set(clocks[i], deadlines[i]);
  }
  pass(start, start + 300ms);
  for (size_t i = 0; i < clocks.size(); ++i) {
    ASSERT_EQ(clocks[i].rang.size(), 1u) << i;
    EXPECT_GE(clocks[i].rang[0], deadlines[i]);
    EXPECT_LE(clocks[i].rang[0], deadlines[i] + tick + 1ms) << "a millisecond is the step of this test";
  }
}

TEST_F(timer_wheel_of_a_thread, AskedWhenToWakeIsNeverEarlyAndAtMostATickLate) {
  std::minstd_rand dice{11};
  auto clocks = std::vector<alarm_clock>(500);
  auto deadlines = std::vector<steady_time>(clocks.size());
  for (size_t i = 0; i < clocks.size(); ++i) {
    deadlines[i] = start + std::chrono::microseconds{dice() % 60'000'000}; // three turns
    wheel.set(clocks[i], deadlines[i]);
  }
  idle_until(start + 70s);
  for (size_t i = 0; i < clocks.size(); ++i) {
    ASSERT_EQ(clocks[i].rang.size(), 1u) << i;
    EXPECT_GE(clocks[i].rang[0], deadlines[i]);
    EXPECT_LE(clocks[i].rang[0], deadlines[i] + tick);
  }
}

TEST_F(timer_wheel_of_a_thread, ADeadlineOnATickRingsAtThatTick) {
  wheel.set(a, start + 3 * tick);
  EXPECT_EQ(wheel.next(), start + 3 * tick);
  wheel.advance(start + 3 * tick - 1ns);
  EXPECT_TRUE(a.rang.empty());
  wheel.advance(start + 3 * tick);
  EXPECT_EQ(a.rang, std::vector{start + 3 * tick});
}

TEST_F(timer_wheel_of_a_thread, ADeadlineBehindATickRingsAtTheNext) {
  wheel.set(a, start + 3 * tick + 1ns);
  EXPECT_EQ(wheel.next(), start + 4 * tick);
  wheel.advance(start + 4 * tick - 1ns);
  EXPECT_TRUE(a.rang.empty());
  wheel.advance(start + 4 * tick);
  EXPECT_EQ(a.rang.size(), 1u);
}

TEST_F(timer_wheel_of_a_thread, ADeadlineThatHasPassedRingsAtTheNextTick) {
  wheel.advance(start + 20 * tick + 1us);
  wheel.set(a, start - 1h);
  wheel.set(b, start + 10 * tick);
  wheel.set(c, start + 20 * tick + 1us);
  wheel.advance(start + 20 * tick + 2us);
  EXPECT_TRUE(a.rang.empty());
  EXPECT_EQ(wheel.next(), start + 21 * tick);
  wheel.advance(start + 21 * tick);
  for (auto* x : {&a, &b, &c})
    EXPECT_EQ(x->rang, std::vector{start + 21 * tick});
}

TEST_F(timer_wheel_of_a_thread, RingsOnce) {
  wheel.set(a, start + 10ms);
  wheel.advance(start + 10ms);
  pass(start + 10ms, start + 2 * turn);
  EXPECT_EQ(a.rang.size(), 1u);
  EXPECT_EQ(wheel.next(), steady_time::max());
}

TEST_F(timer_wheel_of_a_thread, ALaterDeadlineReplacesTheOldOne) {
  wheel.set(a, start + 10ms);
  wheel.set(a, start + 50ms);
  wheel.advance(start + 49ms);
  EXPECT_TRUE(a.rang.empty());
  wheel.advance(start + 50ms);
  EXPECT_EQ(a.rang.size(), 1u);
}

TEST_F(timer_wheel_of_a_thread, AnEarlierDeadlineReplacesTheOldOne) {
  wheel.set(a, start + 50ms);
  wheel.set(a, start + 10ms);
  EXPECT_EQ(wheel.next(), start + 10ms);
  wheel.advance(start + 10ms);
  EXPECT_EQ(a.rang.size(), 1u);
  wheel.advance(start + 60ms);
  EXPECT_EQ(a.rang.size(), 1u);
}

TEST_F(timer_wheel_of_a_thread, WhatIsCancelledDoesNotRing) {
  wheel.set(a, start + 10ms);
  wheel.set(b, start + 10ms);
  wheel.cancel(a);
  wheel.cancel(c); // was never set
  wheel.advance(start + 1s);
  wheel.cancel(b); // has rung
  EXPECT_TRUE(a.rang.empty());
  EXPECT_EQ(b.rang.size(), 1u);
  wheel.set(a, start + 2s);
  wheel.advance(start + 2s);
  EXPECT_EQ(a.rang.size(), 1u) << "and may be set again";
}

TEST_F(timer_wheel_of_a_thread, DeadlinesBeyondOneTurnGoAroundAgain) {
  wheel.set(a, start + 10ms);
  wheel.set(b, start + turn + 10ms);
  wheel.set(c, start + 3 * turn + 10ms);
  wheel.advance(start + 10ms);
  EXPECT_EQ(a.rang.size(), 1u);
  EXPECT_TRUE(b.rang.empty());
  pass(start + 11ms, start + turn + 9ms);
  EXPECT_TRUE(b.rang.empty());
  wheel.advance(start + turn + 10ms);
  EXPECT_EQ(b.rang.size(), 1u);
  idle_until(start + 4 * turn);
  EXPECT_EQ(c.rang, std::vector{start + 3 * turn + 10ms});
}

TEST_F(timer_wheel_of_a_thread, AThreadThatSleptForTurnsRingsEverybodyOnce) {
  wheel.set(a, start + 10ms);
  wheel.set(b, start + turn);
  wheel.set(c, start + 3 * turn);
  wheel.advance(start + 2 * turn + 1ms);
  EXPECT_EQ(a.rang.size(), 1u);
  EXPECT_EQ(b.rang.size(), 1u);
  EXPECT_TRUE(c.rang.empty());
  idle_until(start + 4 * turn);
  EXPECT_EQ(c.rang.size(), 1u);
}

TEST_F(timer_wheel_of_a_thread, AClockThatStandsOrGoesBackRingsNobody) {
  wheel.advance(start + 100ms);
  wheel.set(a, start + 110ms);
  wheel.advance(start + 100ms);
  wheel.advance(start + 50ms);
  wheel.advance(start - 1h);
  EXPECT_TRUE(a.rang.empty());
  wheel.advance(start + 110ms);
  EXPECT_EQ(a.rang.size(), 1u);
}

TEST_F(timer_wheel_of_a_thread, SaysWhenToWake) {
  EXPECT_EQ(wheel.next(), steady_time::max());
  wheel.set(a, start + 1s);
  EXPECT_EQ(wheel.next(), start + 1s);
  wheel.set(b, start + 500ms);
  EXPECT_EQ(wheel.next(), start + 500ms);
  wheel.cancel(b);
  EXPECT_EQ(wheel.next(), start + 1s);
  wheel.cancel(a);
  EXPECT_EQ(wheel.next(), steady_time::max());
}

TEST_F(timer_wheel_of_a_thread, AFarDeadlineWakesTheThreadOnceATurn) {
  wheel.set(a, start + 10 * turn + 1s);
  EXPECT_LE(idle_until(start + 11 * turn), 11u);
  EXPECT_EQ(a.rang, std::vector{start + 10 * turn + 1s});
}

TEST_F(timer_wheel_of_a_thread, MaySetItselfAgainFromItsDeadline) {
  a.then = [&](steady_time now) { wheel.set(a, now + 20ms); };
  wheel.set(a, start + 20ms);
  idle_until(start + 100ms);
  EXPECT_EQ(a.rang, (std::vector<steady_time>{start + 20ms, start + 40ms, start + 60ms, start + 80ms, start + 100ms}));
}

TEST_F(timer_wheel_of_a_thread, SetForNowFromItsDeadlineRingsAtTheNextTickNotForEver) {
  a.then = [&](steady_time now) { wheel.set(a, now); };
  wheel.set(a, start + 20ms);
  wheel.advance(start + 20ms);
  EXPECT_EQ(a.rang.size(), 1u);
  wheel.advance(start + 20ms + tick);
  EXPECT_EQ(a.rang.size(), 2u);
}

TEST_F(timer_wheel_of_a_thread, MayCancelOrMoveOthersOfTheSameTick) {
  // Whoever rings first silences the second and puts the third off.
  alarm_clock* all[] = {&a, &b, &c};
  auto rung = 0;
  for (auto* x : all)
    x->then = [&, x](steady_time now) {
      if (++rung > 1)
        return;
      auto others = std::vector<alarm_clock*>{};
      for (auto* y : all)
        if (y != x)
          others.push_back(y);
      wheel.cancel(*others[0]);
      wheel.set(*others[1], now + 50ms);
    };
  for (auto* x : all)
    wheel.set(*x, start + 20ms);
  wheel.advance(start + 20ms);
  EXPECT_EQ(rung, 1);
  wheel.advance(start + 69ms);
  EXPECT_EQ(rung, 1);
  wheel.advance(start + 70ms);
  EXPECT_EQ(rung, 2);
  wheel.advance(start + 1s);
  EXPECT_EQ(rung, 2);
}

TEST_F(timer_wheel_of_a_thread, MayDestroyItselfAndOthersFromItsDeadline) {
  auto doomed = std::vector<std::unique_ptr<alarm_clock>>{};
  auto rung = 0;
  for (auto deadline : {20ms, 20ms, 20ms, 40ms}) {
    auto& x = *doomed.emplace_back(std::make_unique<alarm_clock>());
    x.then = [&](steady_time) {
      ++rung;
      doomed.clear();
    };
    wheel.set(x, start + deadline);
  }
  wheel.advance(start + 20ms);
  EXPECT_EQ(rung, 1);
  EXPECT_EQ(wheel.next(), steady_time::max());
  wheel.advance(start + 1s);
  EXPECT_EQ(rung, 1);
}

TEST_F(timer_wheel_of_a_thread, WhoIsDestroyedIsOutOfTheWheel) {
  {
    alarm_clock gone;
    wheel.set(gone, start + 10ms);
    wheel.set(a, start + 10ms);
  }
  wheel.advance(start + 10ms);
  EXPECT_EQ(a.rang.size(), 1u);
  EXPECT_EQ(wheel.next(), steady_time::max());
}

TEST(TimerWheel, MayGoBeforeItsClients) {
  alarm_clock a;
  auto wheel = std::make_unique<timer_wheel>(start);
  wheel->set(a, start + 10ms);
  wheel.reset();
  timer_wheel another{start};
  another.set(a, start + 20ms);
  another.advance(start + 20ms);
  EXPECT_EQ(a.rang.size(), 1u);
}

} // namespace
} // namespace stentor
