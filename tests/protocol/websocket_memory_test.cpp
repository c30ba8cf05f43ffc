#include "protocol/block_count.hpp"
#include "protocol/websocket_peer.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace stentor::websocket {
namespace {

TEST(WebsocketReader, HandsOnAMessageWhereItLies) {
  struct : scribe {
    const char* at = nullptr;
    void on_text(std::string_view payload) override { at = payload.data(); }
  } log;
  auto wire = text("whole");
  reader{{}}.feed(wire.data(), wire.size(), log);
  EXPECT_EQ(log.at, wire.data() + 6);
}

/// Handles without allocating.
struct deaf : reader::handler {
  size_t messages = 0, errors = 0;
  void on_text(std::string_view) override { ++messages; }
  void on_binary(std::string_view) override { ++messages; }
  void on_ping(std::string_view) override {}
  void on_pong(std::string_view) override {}
  void on_close(close_code) override {}
  void on_error(close_code) override { ++errors; }
};

struct WebsocketReaderMemory : testing::Test {
  reader subject{{.message_bytes_max = 1'000'000, .fragments_max = 2'000'000}};
  deaf log;

  /// Blocks of memory that the reader holds more than before it read `wire` in pieces of 100 bytes.
  long held_after(std::string wire) {
    auto before = blocks_in_use();
    for (size_t at = 0; at < wire.size(); at += 100)
      subject.feed(wire.data() + at, std::min<size_t>(100, wire.size() - at), log);
    return blocks_in_use() - before;
  }
};

TEST_F(WebsocketReaderMemory, HoldsNoneBetweenMessages) {
  EXPECT_EQ(held_after(text(times(1000, "*"))), 0);
  EXPECT_EQ(held_after(first_part(times(1000, "*")) + next_part("x") + last_part("y")), 0);
  EXPECT_EQ(held_after(ping(times(125, "*"))), 0);
  EXPECT_EQ(log.messages, 2u);
}

TEST_F(WebsocketReaderMemory, HoldsOneBlockInTheMiddleOfAMessage) {
  EXPECT_EQ(held_after(first_part(times(1000, "*"))), 1);
  EXPECT_EQ(held_after(ping(times(125, "*"))), 0);
  EXPECT_EQ(held_after(last_part("")), -1);
}

TEST_F(WebsocketReaderMemory, HoldsNoneAfterAnError) {
  EXPECT_EQ(held_after(first_part(times(1000, "*")) + text("")), 0);
  EXPECT_EQ(log.errors, 1u);
}

TEST_F(WebsocketReaderMemory, HoldsNoneAfterAClose) {
  EXPECT_EQ(held_after(first_part(times(1000, "*")) + closing(1000)), 0);
}

TEST_F(WebsocketReaderMemory, HoldsNoneForEmptyFragments) {
  EXPECT_EQ(held_after(first_part("") + times(1'000'000, next_part(""))), 0);
}

} // namespace
} // namespace stentor::websocket
