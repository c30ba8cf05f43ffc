#include "chat/rate_limit.hpp"

#include <gtest/gtest.h>

namespace stentor {
namespace {

using namespace std::chrono_literals;

constexpr auto start = steady_time{} + 1h;
constexpr auto limit = rate::per_minute(60); // one a second, ten at once

/// How many are let through now.
int taken(rate_cell& from, steady_time now, int tries) {
  auto count = 0;
  for (auto i = 0; i < tries; ++i)
    count += from.take(limit, now) == 0ns;
  return count;
}

TEST(RateCell, LetsABurstThroughAndThenOneByOne) {
  auto cell = rate_cell{};
  EXPECT_EQ(taken(cell, start, 20), 10);
  EXPECT_EQ(taken(cell, start + 999ms, 5), 0);
  EXPECT_EQ(taken(cell, start + 1s, 5), 1);
  EXPECT_EQ(taken(cell, start + 5s, 20), 4);
  EXPECT_EQ(taken(cell, start + 1h, 20), 10) << "a long rest gives no more than a burst";
}

TEST(RateCell, SaysHowLongToWaitAndRefusalsCostNothing) {
  auto cell = rate_cell{};
  taken(cell, start, 10);
  EXPECT_EQ(cell.take(limit, start + 400ms), 600ms);
  for (auto i = 0; i < 1000; ++i)
    cell.take(limit, start + 400ms);
  EXPECT_EQ(cell.take(limit, start + 1s), 0ns);
}

TEST(Rate, OfLessThanSixAMinuteHasABurstOfOne) {
  auto cell = rate_cell{};
  EXPECT_EQ(cell.take(rate::per_minute(1), start), 0ns);
  EXPECT_EQ(cell.take(rate::per_minute(1), start), 60s);
}

TEST(RateLimits, ActionsAreCountedApart) {
  auto limits = rate_limits::of({.messages = 1, .joins = 1});
  auto cells = rate_cells{};
  EXPECT_EQ(limits.take(cells, rate_action::messages, start), 0ns);
  EXPECT_GT(limits.take(cells, rate_action::messages, start), 0ns);
  EXPECT_EQ(limits.take(cells, rate_action::joins, start), 0ns);
}

TEST(RateBook, KeepsTheCellsOfWhoIsGoneUntilTheyAreAsGoodAsNew) {
  auto book = rate_book{};
  auto limits = rate_limits::of({.messages = 1});
  limits.take(*book.of("ada", start), rate_action::messages, start);
  for (auto i = 0; i < 5000; ++i)
    book.of("nobody " + std::to_string(i), start);
  EXPECT_GT(limits.take(*book.of("ada", start), rate_action::messages, start), 0ns) << "coming back does not reset it";
  EXPECT_LT(book.size(), 2000u) << "who never acted is forgotten";
  for (auto i = 0; i < 5000; ++i)
    book.of("somebody " + std::to_string(i), start + 2min);
  EXPECT_EQ(limits.take(*book.of("ada", start + 2min), rate_action::messages, start + 2min), 0ns);
}

TEST(RateBook, NeverForgetsCellsThatSomebodyHolds) {
  auto book = rate_book{};
  auto held = book.of("ada", start);
  for (auto i = 0; i < 5000; ++i)
    book.of("nobody " + std::to_string(i), start);
  EXPECT_EQ(book.of("ada", start), held);
}

TEST(NetworkOf, IsTheAddressOrTheSlash64OfIpv6) {
  EXPECT_EQ(network_of("192.0.2.7"), "192.0.2.7");
  EXPECT_EQ(network_of("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
  EXPECT_EQ(network_of("2001:db8:1:2:ffff::1"), network_of("2001:db8:1:2:3:4:5:6"));
  EXPECT_EQ(network_of("::ffff:192.0.2.7"), "::ffff:192.0.2.7");
  EXPECT_EQ(network_of(""), "");
}

} // namespace
} // namespace stentor
