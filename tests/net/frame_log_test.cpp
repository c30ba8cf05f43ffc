#include "net/frame_log.hpp"

#include <gtest/gtest.h>

#include <array>
#include <functional>

namespace stentor {
namespace {

using namespace std::string_literals;
using websocket::opcode;
using ranges = std::vector<frame_range>;

/// True if the text lies inside `where` itself, as a short string does that owns no memory.
bool lies_inside(std::string_view text, const auto& where) {
  auto begin = reinterpret_cast<const char*>(&where);
  return std::less_equal<>{}(begin, text.data()) && std::less<>{}(text.data(), begin + sizeof where);
}

struct frame_log_of_a_tick : testing::Test {
  frame_log log;

  std::string bytes(const ranges& which) { return std::string{log.bytes(which)}; }
};

TEST_F(frame_log_of_a_tick, AMessageIsATextFrameOfTypeFour) {
  EXPECT_EQ(bytes({log.message("2[\"hello\"]")}), "\x81\x0b"s + "42[\"hello\"]");
  EXPECT_EQ(bytes({log.message("")}), "\x81\x01"s + "4");
}

TEST_F(frame_log_of_a_tick, TheTypeOfAMessageCountsForTheLengthOfItsHeader) {
  struct {
    size_t packet_bytes;
    std::string header;
  } rows[] = {
    {124, "\x81\x7d"s},
    {125, "\x81\x7e\x00\x7e"s},
    {65534, "\x81\x7e\xff\xff"s},
    {65535, "\x81\x7f\x00\x00\x00\x00\x00\x01\x00\x00"s},
  };
  for (const auto& row : rows) {
    auto packet = std::string(row.packet_bytes, 'x');
    EXPECT_TRUE(bytes({log.message(packet)}) == row.header + "4" + packet) << row.packet_bytes;
  }
}

TEST_F(frame_log_of_a_tick, TakesReadyFramesOfEveryKind) {
  EXPECT_EQ(bytes({log.frame(opcode::text, "2")}), "\x81\x01"s + "2");
  EXPECT_EQ(bytes({log.frame(opcode::binary, "\x00\xff"s)}), "\x82\x02\x00\xff"s);
  EXPECT_EQ(bytes({log.frame(opcode::close, "\x03\xe8"s)}), "\x88\x02\x03\xe8"s);
  EXPECT_EQ(bytes({log.frame(opcode::close, "")}), "\x88\x00"s);
  EXPECT_EQ(bytes({log.frame(opcode::ping, "are you there")}), "\x89\x0d"s + "are you there");
  EXPECT_EQ(bytes({log.frame(opcode::pong, "")}), "\x8a\x00"s);
}

TEST_F(frame_log_of_a_tick, FramesAreNumberedInTheOrderInWhichTheyCame) {
  EXPECT_EQ(log.message("a"), (frame_range{0, 1}));
  EXPECT_EQ(log.frame(opcode::text, "2"), (frame_range{1, 2}));
  EXPECT_EQ(log.message("b"), (frame_range{2, 3}));
}

TEST_F(frame_log_of_a_tick, NeighboursLeaveInOneRunWithoutACopy) {
  for (auto packet : {"a", "b", "c", "d"})
    log.message(packet);
  auto all = log.bytes(std::array{frame_range{0, 4}});
  EXPECT_EQ(all, "\x81\x02"s + "4a" + "\x81\x02" + "4b" + "\x81\x02" + "4c" + "\x81\x02" + "4d");
  auto middle = log.bytes(std::array{frame_range{1, 3}});
  EXPECT_EQ(middle, "\x81\x02"s + "4b" + "\x81\x02" + "4c");
  EXPECT_EQ(middle.data(), all.data() + 4);
}

TEST_F(frame_log_of_a_tick, GathersWhatLiesApartInTheGivenOrder) {
  for (auto packet : {"a", "b", "c", "d", "e"})
    log.message(packet);
  EXPECT_EQ(bytes({{0, 1}, {2, 4}}), "\x81\x02"s + "4a" + "\x81\x02" + "4c" + "\x81\x02" + "4d");
  EXPECT_EQ(bytes({{4, 5}, {1, 2}}), "\x81\x02"s + "4e" + "\x81\x02" + "4b");
}

TEST_F(frame_log_of_a_tick, TheListOfThePreviousCallIsNotGatheredAgain) {
  for (auto packet : {"a", "b", "c"})
    log.message(packet);
  const auto apart = ranges{{0, 1}, {2, 3}};
  auto first = log.bytes(apart);
  const_cast<char&>(first[3]) = '!'; // would be written over by another copy
  EXPECT_EQ(bytes(apart), "\x81\x02"s + "4!" + "\x81\x02" + "4c");
  log.message("d");
  EXPECT_EQ(bytes({{1, 2}}), "\x81\x02"s + "4b") << "one range, straight out of the log";
  EXPECT_EQ(bytes(apart), "\x81\x02"s + "4!" + "\x81\x02" + "4c") << "still the newest list that was gathered";
}

TEST_F(frame_log_of_a_tick, AnotherListIsGatheredAnew) {
  for (auto packet : {"a", "b", "c", "d", "e"})
    log.message(packet);
  EXPECT_EQ(bytes({{0, 1}, {2, 3}}), "\x81\x02"s + "4a" + "\x81\x02" + "4c");
  EXPECT_EQ(bytes({{0, 1}, {3, 4}}), "\x81\x02"s + "4a" + "\x81\x02" + "4d");
  EXPECT_EQ(bytes({{0, 1}, {3, 4}, {4, 5}}), "\x81\x02"s + "4a" + "\x81\x02" + "4d" + "\x81\x02" + "4e");
  EXPECT_EQ(bytes({{0, 1}, {3, 4}}), "\x81\x02"s + "4a" + "\x81\x02" + "4d");
}

TEST_F(frame_log_of_a_tick, AnEmptyListHasNoBytes) {
  EXPECT_EQ(bytes({}), "");
  for (auto packet : {"a", "b", "c"})
    log.message(packet);
  bytes({{0, 1}, {2, 3}});
  EXPECT_EQ(bytes({}), "");
  bytes({{0, 1}, {2, 3}});
  log.clear();
  EXPECT_EQ(bytes({}), "");
}

TEST_F(frame_log_of_a_tick, KnowsItsSize) {
  EXPECT_TRUE(log.empty());
  EXPECT_EQ(log.size_bytes(), 0u);
  log.message("a");
  log.frame(opcode::close, "");
  EXPECT_FALSE(log.empty());
  EXPECT_EQ(log.size_bytes(), 4u + 2u);
}

TEST_F(frame_log_of_a_tick, ClearForgetsFramesNumbersAndWhatWasGathered) {
  for (auto packet : {"a", "b", "c"})
    log.message(packet);
  bytes({{0, 1}, {2, 3}});
  log.clear();
  EXPECT_TRUE(log.empty());
  EXPECT_EQ(log.size_bytes(), 0u);
  EXPECT_EQ(log.message("x"), (frame_range{0, 1}));
  for (auto packet : {"y", "z"})
    log.message(packet);
  EXPECT_EQ(bytes({{0, 1}, {2, 3}}), "\x81\x02"s + "4x" + "\x81\x02" + "4z") << "the same numbers as before, other frames";
}

TEST_F(frame_log_of_a_tick, ABurstsMemoryGoesBackAndTheUsualAmountStays) {
  log.message(std::string(100'000, 'x'));
  auto usual = log.bytes(std::array{frame_range{0, 1}}).data();
  log.clear();
  log.message("a");
  EXPECT_EQ(log.bytes(std::array{frame_range{0, 1}}).data(), usual);
  log.message(std::string(2 << 20, 'x'));
  log.clear();
  log.message("a");
  EXPECT_TRUE(lies_inside(log.bytes(std::array{frame_range{0, 1}}), log));
}

TEST_F(frame_log_of_a_tick, MemoryOfABurstThatWasGatheredGoesBackToo) {
  for (auto packet : {std::string(2 << 20, 'x'), "b"s, "c"s, "d"s})
    log.message(packet);
  EXPECT_FALSE(lies_inside(log.bytes(ranges{{0, 1}, {2, 3}}), log));
  log.clear();
  for (auto packet : {"a", "b", "c"})
    log.message(packet);
  EXPECT_TRUE(lies_inside(log.bytes(ranges{{0, 1}, {2, 3}}), log));
}

// -- revision 3 ---------------------------------------------------------------

TEST_F(frame_log_of_a_tick, InRevision3ABinaryMessageBeginsWithAFour) {
  using enum engineio::revision;
  EXPECT_EQ(bytes({log.binary_message("ab", v4)}), "\x82\x02"s + "ab");
  EXPECT_EQ(bytes({log.binary_message("ab", v3)}), "\x82\x03\x04"s + "ab");
  auto packet = encoded_packet{.text = "51-[]", .attachments = {"ab"}};
  EXPECT_EQ(bytes({log.message(packet)}), "\x81\x06"s + "451-[]" + "\x82\x02" + "ab");
  EXPECT_EQ(bytes({log.message(packet, v3)}), "\x81\x06"s + "451-[]" + "\x82\x03\x04" + "ab");
}

TEST_F(frame_log_of_a_tick, WhoTakesTextOnlyGetsBase64) {
  using enum engineio::revision;
  auto text = log.message("a");
  EXPECT_EQ(log.as_base64(text, v4), text) << "nothing to do";
  auto packet = encoded_packet{.text = "51-[]", .attachments = {"\1\2\3"}};
  EXPECT_EQ(bytes({log.as_base64(log.message(packet, v3), v3)}), "\x81\x06"s + "451-[]" + "\x81\x06" + "b4AQID");
  EXPECT_EQ(bytes({log.as_base64(log.message(packet, v4), v4)}), "\x81\x06"s + "451-[]" + "\x81\x05" + "bAQID");
}

TEST_F(frame_log_of_a_tick, TheSameFramesAreTurnedIntoBase64Once) {
  using enum engineio::revision;
  auto packet = encoded_packet{.text = "51-[]", .attachments = {"\1\2\3"}};
  auto old = log.message(packet, v3), present = log.message(packet, v4);
  auto first = log.as_base64(old, v3), second = log.as_base64(present, v4);
  auto size = log.size_bytes();
  EXPECT_EQ(log.as_base64(old, v3), first) << "with others between";
  EXPECT_EQ(log.as_base64(present, v4), second);
  EXPECT_EQ(log.size_bytes(), size);
  log.clear();
  packet.attachments = {"\4\5\6"};
  EXPECT_EQ(log.message(packet, v3), old);
  EXPECT_EQ(bytes({log.as_base64(old, v3)}), "\x81\x06"s + "451-[]" + "\x81\x06" + "b4BAUG") << "the same numbers as before, other frames";
}

} // namespace
} // namespace stentor
