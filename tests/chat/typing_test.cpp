#include "chat/typing.hpp"

#include <gtest/gtest.h>

namespace stentor {
namespace {

using namespace std::chrono_literals;

struct TypingTest : testing::Test {
  typing_book subject{5s};
  steady_time start{1h};
  user_ptr ada = std::make_shared<const user>(user{{1}, "ada", "", ""});
  user_ptr bob = std::make_shared<const user>(user{{2}, "bob", "", ""});
  typist ada_here{ada, {0, 1, 1}}, ada_there{ada, {0, 2, 1}}, bob_here{bob, {1, 1, 1}};

  static std::vector<connection_id> places(const std::vector<typist>& of) {
    std::vector<connection_id> all;
    for (const auto& one : of)
      all.push_back(one.where);
    return all;
  }
};

TEST_F(TypingTest, TheOthersAreToldOnceWithinTheTimeout) {
  EXPECT_TRUE(subject.start(ada_here, start));
  EXPECT_FALSE(subject.start(ada_here, start + 1s));
  EXPECT_FALSE(subject.start(ada_here, start + 4999ms));
  EXPECT_TRUE(subject.start(ada_here, start + 5s)) << "those who have come meanwhile do not know";
  EXPECT_FALSE(subject.start(ada_here, start + 9s));
}

TEST_F(TypingTest, EachSocketTypesByItself) {
  EXPECT_TRUE(subject.start(ada_here, start));
  EXPECT_TRUE(subject.start(ada_there, start));
  EXPECT_EQ(subject.stop(ada_here.where)->who, ada);
  EXPECT_FALSE(subject.stop(ada_here.where));
  EXPECT_TRUE(subject.stop(ada_there.where));
}

TEST_F(TypingTest, WhoeverDoesNotSayItAgainStops) {
  EXPECT_FALSE(subject.next());
  subject.start(ada_here, start);
  subject.start(bob_here, start + 2s);
  subject.start(ada_here, start + 3s);
  EXPECT_EQ(subject.next(), start + 7s);
  EXPECT_EQ(places(subject.expire(start + 6999ms)), std::vector<connection_id>{});
  EXPECT_EQ(places(subject.expire(start + 7s)), std::vector{bob_here.where});
  EXPECT_EQ(subject.next(), start + 8s);
  EXPECT_EQ(places(subject.expire(start + 1h)), std::vector{ada_here.where});
  EXPECT_FALSE(subject.next());
  EXPECT_TRUE(subject.start(ada_here, start + 1h)) << "a new beginning";
}

TEST_F(TypingTest, WhoMayNotTypeAnyMoreStopsEverywhere) {
  for (const auto& one : {ada_here, bob_here, ada_there})
    subject.start(one, start);
  auto gone = subject.keep([&](user_id who) { return who == bob->id; });
  EXPECT_EQ(places(gone), (std::vector{ada_here.where, ada_there.where}));
  EXPECT_TRUE(subject.stop(bob_here.where));
}

} // namespace
} // namespace stentor
