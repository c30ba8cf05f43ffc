#include "net/outbox.hpp"

#include <gtest/gtest.h>

#include <optional>

namespace stentor {
namespace {

using namespace std::string_literals;

/// The frame of a packet, as it stands on the wire.
std::string wire(std::string_view packets) {
  std::string out;
  for (auto packet : packets)
    out.append("\x81\x02"s).append("4").append(1, packet);
  return out;
}

struct outbox_of_a_connection : testing::Test {
  static constexpr size_t bytes_max = 10;
  frame_log log;
  std::optional<outbox> subject{std::in_place, bytes_max};

  void push(std::string_view packets) {
    for (auto packet : packets)
      subject->push(log.message({&packet, 1}));
  }
  /// Frames of the log that go to somebody else.
  void others(std::string_view packets) {
    for (auto packet : packets)
      log.message({&packet, 1});
  }
  std::string unsent() { return std::string{subject->unsent(log)}; }
  /// The socket takes `size` bytes, then the tick ends.
  bool flush(size_t size) {
    auto fits = subject->sent(size, log);
    log.clear();
    return fits;
  }
};

TEST_F(outbox_of_a_connection, StartsEmpty) {
  EXPECT_TRUE(subject->empty());
  EXPECT_FALSE(subject->sealed());
  EXPECT_EQ(unsent(), "");
  EXPECT_TRUE(flush(0));
  EXPECT_EQ(subject->backlog_bytes(), 0u);
}

TEST_F(outbox_of_a_connection, GivesFramesInTheOrderInWhichTheyWerePushed) {
  push("ab");
  others("xy");
  push("c");
  others("z");
  push("de");
  EXPECT_FALSE(subject->empty());
  EXPECT_EQ(unsent(), wire("abcde"));
  EXPECT_TRUE(flush(wire("abcde").size()));
  EXPECT_TRUE(subject->empty());
  EXPECT_EQ(unsent(), "");
}

TEST_F(outbox_of_a_connection, NeighboursLeaveInOneRunWithoutACopy) {
  others("x");
  push("abc");
  auto all = log.bytes(std::vector{frame_range{0, 4}});
  EXPECT_EQ(unsent(), wire("abc"));
  EXPECT_EQ(subject->unsent(log).data(), all.data() + 4);
}

TEST_F(outbox_of_a_connection, OutboxesWithTheSameListShareTheGatheredCopy) {
  outbox second{bytes_max};
  others("abc");
  for (auto* one : {&*subject, &second})
    for (auto frames : {frame_range{0, 1}, frame_range{2, 3}})
      one->push(frames);
  auto gathered = subject->unsent(log);
  const_cast<char&>(gathered[3]) = '!'; // would be written over by another copy
  EXPECT_EQ(second.unsent(log), wire("!c"));
}

TEST_F(outbox_of_a_connection, FramesThatAreTheNewestAlreadyAreNotAddedTwice) {
  auto both = log.message("a");
  both.last = log.message("b").last;
  subject->push(both);
  subject->push(both);
  EXPECT_EQ(unsent(), wire("ab"));
  subject->push({1, 2});
  EXPECT_EQ(unsent(), wire("ab")) << "a part of them";
  auto third = log.message("c");
  subject->push({1, 3});
  EXPECT_EQ(unsent(), wire("abc")) << "a part of them, and more";
  subject->push(third);
  EXPECT_EQ(unsent(), wire("abc")) << "in a run with older ones";
}

TEST_F(outbox_of_a_connection, FramesThatAreTheNewestBehindAGapAreNotAddedTwice) {
  push("a");
  others("x");
  auto union_of_rooms = log.message("b");
  subject->push(union_of_rooms);
  subject->push(union_of_rooms);
  EXPECT_EQ(unsent(), wire("ab"));
}

TEST_F(outbox_of_a_connection, OnceSealedSendsWhatItHasAndTakesNothingMore) {
  push("ab");
  subject->seal();
  EXPECT_TRUE(subject->sealed());
  push("c");
  EXPECT_EQ(unsent(), wire("ab"));
  EXPECT_TRUE(flush(3));
  push("d");
  EXPECT_EQ(unsent(), wire("ab").substr(3));
  EXPECT_TRUE(flush(wire("ab").size() - 3));
  push("e");
  EXPECT_TRUE(subject->empty());
}

TEST_F(outbox_of_a_connection, KeepsWhatTheSocketRefusedAtEveryCut) {
  const auto first = wire("abc");
  const auto both = first + wire("de");
  for (size_t cut = 0; cut <= first.size(); ++cut)
    for (size_t then = cut; then <= both.size(); ++then) {
      SCOPED_TRACE(std::to_string(cut) + ", then " + std::to_string(then));
      subject.emplace(both.size());
      others("x");
      push("ab");
      others("y");
      push("c");
      ASSERT_EQ(unsent(), first);
      ASSERT_TRUE(flush(cut));
      ASSERT_EQ(subject->backlog_bytes(), first.size() - cut);
      others("z");
      push("d");
      others("x");
      push("e");
      ASSERT_EQ(unsent(), both.substr(cut));
      ASSERT_TRUE(flush(then - cut));
      ASSERT_EQ(unsent(), both.substr(then));
      ASSERT_EQ(subject->empty(), then == both.size());
      flush(both.size() - then);
      ASSERT_TRUE(subject->empty());
    }
}

TEST_F(outbox_of_a_connection, KeepsWhatTheSocketRefusedByteByByte) {
  outbox wide{100};
  for (auto packet : {"a", "b", "c"})
    wide.push(log.message(packet));
  std::string received;
  while (!wide.empty()) {
    received += wide.unsent(log)[0];
    ASSERT_TRUE(wide.sent(1, log));
    log.clear();
  }
  EXPECT_EQ(received, wire("abc"));
}

TEST_F(outbox_of_a_connection, TakesNothingTwiceWhileTheSocketIsFull) {
  push("a");
  unsent();
  EXPECT_TRUE(flush(0));
  push("b");
  EXPECT_EQ(unsent(), wire("ab"));
  EXPECT_EQ(unsent(), wire("ab")) << "asked twice in one tick";
  EXPECT_TRUE(flush(0));
  EXPECT_EQ(unsent(), wire("ab"));
}

TEST_F(outbox_of_a_connection, WhatWasNotAskedForBecomesBacklogToo) {
  push("a");
  EXPECT_TRUE(flush(0));
  EXPECT_EQ(unsent(), wire("a"));
}

TEST_F(outbox_of_a_connection, IsOverItsBudgetOnlyBeyondIt) {
  push("abcd");
  unsent();
  EXPECT_TRUE(flush(wire("abcd").size() - bytes_max));
  EXPECT_EQ(subject->backlog_bytes(), bytes_max);
  push("e");
  unsent();
  EXPECT_TRUE(flush(4));
  push("f");
  unsent();
  EXPECT_FALSE(flush(3));
  EXPECT_EQ(subject->backlog_bytes(), bytes_max + 1);
}

TEST_F(outbox_of_a_connection, WhatTheSocketTakesAtOnceDoesNotCountAgainstTheBudget) {
  push("abcdefgh");
  EXPECT_TRUE(flush(unsent().size()));
  EXPECT_TRUE(subject->empty());
}

TEST_F(outbox_of_a_connection, IsOverItsBudgetInOneGo) {
  push("abcdefgh");
  unsent();
  EXPECT_FALSE(flush(0));
}

} // namespace
} // namespace stentor
