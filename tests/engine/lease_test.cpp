#include "engine/lease.hpp"

#include <gtest/gtest.h>

namespace stentor {
namespace {

using namespace std::chrono_literals;

struct LeaseTest : testing::Test, lease::holder {
  const steady_time start = std::chrono::steady_clock::now();
  timer_wheel timers{start};
  lease token{*this, timers, 10s};
  int expired = 0, ended = 0;

  void on_expired() override { ++expired; }
  void on_grace_over() override { ++ended; }
  /// Advances to the next deadline.
  steady_time ring() {
    auto at = timers.next();
    timers.advance(at);
    return at;
  }
};

TEST_F(LeaseTest, ExpiresAndEndsAfterTheGrace) {
  token.start(wall_now());
  EXPECT_FALSE(token.is_over());
  auto at = ring();
  EXPECT_EQ(expired, 1);
  EXPECT_TRUE(token.is_over());
  timers.advance(at + 9s);
  EXPECT_EQ(ended, 0);
  timers.advance(at + 11s);
  EXPECT_EQ(ended, 1);
  EXPECT_EQ(expired, 1);
  EXPECT_EQ(timers.next(), steady_time::max());
}

TEST_F(LeaseTest, GoesOnWithAnotherTokenWithinTheGrace) {
  token.start(wall_now());
  auto at = ring();
  token.start(wall_now() + 1h);
  EXPECT_FALSE(token.is_over());
  timers.advance(at + 11s);
  EXPECT_EQ(ended, 0);
}

TEST_F(LeaseTest, LooksAgainAtATokenThatLastsLonger) {
  token.start(wall_now() + std::chrono::years{5000}); // more than a steady_time holds
  timers.advance(start + 23h);
  EXPECT_NE(timers.next(), steady_time::max());
  timers.advance(std::chrono::steady_clock::now() + 24h + timer_wheel::tick);
  EXPECT_EQ(expired, 0);
  EXPECT_NE(timers.next(), steady_time::max());
}

TEST_F(LeaseTest, OneThatIsStoppedTellsNobody) {
  token.start(wall_now());
  token.stop();
  EXPECT_EQ(timers.next(), steady_time::max());
}

} // namespace
} // namespace stentor
