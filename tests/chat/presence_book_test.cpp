#include "chat/presence_book.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stentor {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;

constexpr auto ada = user_id{1}, bob = user_id{2};
constexpr auto phone = connection_id{0, 1, 0}, desk = connection_id{1, 1, 0};
constexpr auto start = steady_time{} + 1h;

struct PresenceBookTest : testing::Test {
  presence_book book{5s};

  auto changes(steady_time now) { return book.take_changes(now, 100); }
  void ada_is_online() {
    book.arrive(ada, 1, phone);
    changes(start);
  }
};

TEST_F(PresenceBookTest, TellsOnceThatSomeoneHasCome) {
  book.arrive(ada, 1, phone);
  EXPECT_THAT(changes(start), ElementsAre(status_change{ada, true}));
  book.arrive(ada, 2, desk);
  EXPECT_THAT(changes(start), IsEmpty()) << "the second device is no news";
}

TEST_F(PresenceBookTest, SomeoneIsGoneWhenTheGraceAfterTheLastDeviceIsOver) {
  ada_is_online();
  book.arrive(ada, 2, desk);
  book.leave(ada, 1, start);
  EXPECT_THAT(changes(start + 1h), IsEmpty());
  book.leave(ada, 2, start + 1h);
  EXPECT_TRUE(book.has_changes());
  EXPECT_THAT(changes(start + 1h + 4999ms), IsEmpty());
  EXPECT_TRUE(book.is_online(ada));
  EXPECT_THAT(changes(start + 1h + 5s), ElementsAre(status_change{ada, false}));
  EXPECT_FALSE(book.is_online(ada));
  EXPECT_FALSE(book.has_changes());
}

TEST_F(PresenceBookTest, AReconnectWithinTheGraceIsNoNews) {
  ada_is_online();
  book.leave(ada, 1, start);
  book.arrive(ada, 2, phone);
  EXPECT_FALSE(book.has_changes());
  EXPECT_THAT(changes(start + 1h), IsEmpty());
}

TEST_F(PresenceBookTest, TheNewDeviceMayComeBeforeTheOldOneIsMissed) {
  ada_is_online();
  book.arrive(ada, 2, desk);
  book.leave(ada, 1, start);
  EXPECT_THAT(changes(start + 1h), IsEmpty());
  EXPECT_TRUE(book.is_online(ada));
}

TEST_F(PresenceBookTest, WhoGoesBeforeAnybodyWasToldWasNeverThere) {
  book.arrive(ada, 1, phone);
  book.leave(ada, 1, start);
  EXPECT_THAT(changes(start + 5s), IsEmpty());
  EXPECT_EQ(book.online_count(), 0u);
}

TEST_F(PresenceBookTest, ADeviceThatLeavesTwiceOrNeverCameChangesNothing) {
  ada_is_online();
  book.leave(ada, 9, start);
  book.leave(bob, 1, start);
  EXPECT_FALSE(book.has_changes());
  EXPECT_TRUE(book.is_online(ada));
}

TEST_F(PresenceBookTest, KnowsWhereTheDevicesAre) {
  book.arrive(ada, 1, phone);
  book.arrive(ada, 2, desk);
  std::vector<connection_id> where;
  book.add_connections(ada, where);
  book.add_connections(bob, where);
  EXPECT_THAT(where, UnorderedElementsAre(phone, desk));
}

TEST_F(PresenceBookTest, ChangesAreTakenBitByBit) {
  for (uint64_t i = 1; i <= 10; ++i)
    book.arrive(user_id{i}, i, phone);
  EXPECT_THAT(book.take_changes(start, 4), SizeIs(4));
  EXPECT_THAT(book.take_changes(start, 100), SizeIs(6));
}

} // namespace
} // namespace stentor
