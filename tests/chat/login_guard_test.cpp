#include "chat/login_guard.hpp"

#include <gtest/gtest.h>

namespace stentor {
namespace {

using namespace std::chrono_literals;

constexpr auto start = steady_time{} + 1h;

struct LoginGuardTest : testing::Test {
  login_guard guard;

  bool admits(steady_time now, const char* account = "ada", const char* address = "192.0.2.1") {
    return guard.admit(account, address, now) == 0ms;
  }
};

TEST_F(LoginGuardTest, MakesTenTriesInAQuarterOfAnHour) {
  auto tries = 0;
  for (auto now = start; now < start + 15min; now += 1s)
    tries += admits(now);
  EXPECT_EQ(tries, 10);
}

TEST_F(LoginGuardTest, SaysHowLongToWait) {
  for (auto i = 0; i < 3; ++i)
    EXPECT_TRUE(admits(start));
  EXPECT_EQ(guard.admit("ada", "192.0.2.1", start + 1s), 3s);
}

TEST_F(LoginGuardTest, CountsTheAccountWhateverTheAddressAndTheCaseOfItsName) {
  for (auto address : {"192.0.2.1", "192.0.2.2", "192.0.2.3"})
    EXPECT_TRUE(admits(start, "ada", address));
  EXPECT_FALSE(admits(start, "ADA", "192.0.2.4"));
  EXPECT_TRUE(admits(start, "bob", "192.0.2.4"));
}

TEST_F(LoginGuardTest, AGoodTryForgetsTheOthers) {
  for (auto i = 0; i < 3; ++i)
    admits(start);
  guard.succeeded("ada", "192.0.2.1");
  EXPECT_TRUE(admits(start));
}

TEST_F(LoginGuardTest, WhoIsGuessedAtStillGetsInFromHome) {
  admits(start, "ada", "192.0.2.1");
  guard.succeeded("ada", "192.0.2.1");
  for (auto i = 0; i < 100; ++i)
    admits(start, "ada", "198.51.100.6");
  EXPECT_FALSE(admits(start, "ada", "198.51.100.6"));
  EXPECT_TRUE(admits(start, "ada", "192.0.2.1"));
}

TEST_F(LoginGuardTest, StartsAfreshAfterALongRest) {
  for (auto now = start; now < start + 1min; now += 1s)
    admits(now);
  EXPECT_TRUE(admits(start + 1h));
  EXPECT_TRUE(admits(start + 1h));
}

TEST_F(LoginGuardTest, IsBounded) {
  for (auto i = 0; i < 250'000; ++i)
    admits(start, std::to_string(i).c_str());
  EXPECT_LE(guard.size(), 100'000u);
}

} // namespace
} // namespace stentor
