#include "io/recovery_log.hpp"

#include <gtest/gtest.h>

namespace stentor::io {
namespace {

constexpr size_t plenty = 1'000'000;

encoded_packet packet(std::string text, std::vector<std::string> attachments = {}) {
  return {std::move(text), std::move(attachments)};
}

// -- the log ------------------------------------------------------------------

TEST(RecoveryLog, NumbersPacketsInTheOrderOfTelling) {
  auto log = recovery_log{"e", plenty};
  EXPECT_EQ(log.next(), 0u);
  EXPECT_EQ(log.append(packet("a")), (logged_range{0, 1}));
  EXPECT_EQ(log.append(packet("b")), (logged_range{1, 2}));
  EXPECT_EQ(log.next(), 2u);
  EXPECT_EQ(log[0].text, "a");
  EXPECT_EQ(log[1].text, "b");
}

TEST(RecoveryLog, AnOffsetNamesTheLogAndHowMuchWasSeen) {
  auto log = recovery_log{"epoch", plenty};
  log.append(packet("a"));
  log.append(packet("b"));
  EXPECT_EQ(log.offset(1), "epoch.1");
  EXPECT_EQ(log.number_of("epoch.0"), 0u);
  EXPECT_EQ(log.number_of("epoch.1"), 1u);
  EXPECT_EQ(log.number_of("epoch.2"), 2u) << "all of it";
}

TEST(RecoveryLog, AnOffsetOfTheFutureIsNone) {
  auto log = recovery_log{"epoch", plenty};
  log.append(packet("a"));
  EXPECT_EQ(log.number_of("epoch.2"), std::nullopt);
  EXPECT_EQ(log.number_of("epoch.18446744073709551615"), std::nullopt);
  EXPECT_EQ(log.number_of("epoch.18446744073709551616"), std::nullopt) << "beyond 64 bits";
}

TEST(RecoveryLog, AnOffsetOfAnotherEpochIsNone) {
  auto log = recovery_log{"epoch", plenty};
  for (auto offset : {"other.0", "epoc.0", "epochs.0", "Epoch.0", "0", ".0", "xepoch.0"})
    EXPECT_EQ(log.number_of(offset), std::nullopt) << offset;
}

TEST(RecoveryLog, AMalformedOffsetIsNone) {
  auto log = recovery_log{"epoch", plenty};
  log.append(packet("a"));
  using namespace std::string_view_literals;
  for (auto offset : {""sv, "epoch"sv, "epoch."sv, "epoch.x"sv, "epoch.1x"sv, "epoch. 1"sv, "epoch.+1"sv, "epoch.-1"sv, "epoch.1.0"sv,
                      "epoch.0x1"sv, "epoch,1"sv, "epoch.1 "sv, "epoch.1\0"sv})
    EXPECT_EQ(log.number_of(offset), std::nullopt) << offset;
}

/// How many packets of that size fit into `bytes_max`.
size_t kept_of(size_t packet_bytes, size_t bytes_max) {
  auto log = recovery_log{"e", bytes_max};
  for (int i = 0; i < 1000; ++i)
    log.append(packet(std::string(packet_bytes, 'x')));
  auto kept = size_t{0};
  while (kept < 1000 && log.has({999 - kept, 1000}))
    ++kept;
  EXPECT_LE(log.size_bytes(), bytes_max);
  EXPECT_EQ(log.next(), 1000u) << "numbers go on";
  return kept;
}

TEST(RecoveryLog, KeepsTheNewestWithinItsBytes) {
  EXPECT_EQ(kept_of(1000, 1'000'000), 912u) << "96 bytes for each besides its own";
  EXPECT_EQ(kept_of(1000, 3 * 1096), 3u);
  EXPECT_EQ(kept_of(1000, 3 * 1096 - 1), 2u);
  EXPECT_EQ(kept_of(0, 960), 10u) << "empty packets are not for nothing";
}

TEST(RecoveryLog, CountsAttachments) {
  auto log = recovery_log{"e", plenty};
  log.append(packet("text", {"12345", "678"}));
  EXPECT_EQ(log.size_bytes(), 96u + 4 + 8);
  EXPECT_EQ(log[0].attachments, (std::vector<std::string>{"12345", "678"}));
}

TEST(RecoveryLog, APacketThatDoesNotFitAtAllIsNotKeptAndHasANumber) {
  auto log = recovery_log{"e", 200};
  log.append(packet("small"));
  EXPECT_EQ(log.append(packet(std::string(1000, 'x'))), (logged_range{1, 2}));
  EXPECT_EQ(log.size_bytes(), 0u);
  EXPECT_FALSE(log.has({0, 1}));
  EXPECT_FALSE(log.has({1, 2}));
  EXPECT_EQ(log.append(packet("next")), (logged_range{2, 3}));
  EXPECT_TRUE(log.has({2, 3}));
  EXPECT_EQ(log[2].text, "next");
}

TEST(RecoveryLog, HasARangeOnlyIfNothingOfItIsForgotten) {
  auto log = recovery_log{"e", 3 * 97};
  for (auto text : {"a", "b", "c", "d", "e"})
    log.append(packet(text));
  EXPECT_FALSE(log.has({0, 5}));
  EXPECT_FALSE(log.has({1, 3}));
  EXPECT_TRUE(log.has({2, 5}));
  EXPECT_TRUE(log.has({4, 5}));
  EXPECT_TRUE(log.has({0, 0})) << "of nothing, nothing is missing";
  EXPECT_EQ(log[2].text, "c");
  EXPECT_EQ(log.number_of("e.0"), 0u) << "an old offset is known, though what came behind it is not kept";
}

// -- what one socket was told ---------------------------------------------------

using ranges = std::vector<logged_range>;

TEST(ToldRanges, ASocketThatWasToldNothingMissedNothing) {
  auto told = told_ranges{7};
  EXPECT_EQ(told.start(), 7u);
  EXPECT_EQ(told.from(7), ranges{});
  EXPECT_EQ(told.from(100), ranges{});
  EXPECT_EQ(told.from(6), std::nullopt) << "before it came";
}

TEST(ToldRanges, NeighboursAreOneRange) {
  auto told = told_ranges{0};
  told.add({0, 1});
  told.add({1, 2});
  told.add({5, 8});
  told.add({8, 9});
  EXPECT_EQ(told.from(0), (ranges{{0, 2}, {5, 9}}));
}

TEST(ToldRanges, WhatComesTwiceInARowCountsOnce) {
  auto told = told_ranges{0};
  told.add({3, 5});
  told.add({3, 5});
  EXPECT_EQ(told.from(0), (ranges{{3, 5}}));
  told.add({6, 7});
  told.add({6, 7});
  EXPECT_EQ(told.from(0), (ranges{{3, 5}, {6, 7}}));
}

TEST(ToldRanges, FromTheMiddleOfARangeThereIsItsRest) {
  auto told = told_ranges{0};
  told.add({0, 3});
  told.add({5, 8});
  EXPECT_EQ(told.from(1), (ranges{{1, 3}, {5, 8}}));
  EXPECT_EQ(told.from(3), (ranges{{5, 8}}));
  EXPECT_EQ(told.from(4), (ranges{{5, 8}})) << "between ranges";
  EXPECT_EQ(told.from(7), (ranges{{7, 8}}));
  EXPECT_EQ(told.from(8), ranges{});
}

/// Every second number, so that no two are neighbours.
told_ranges told_in_pieces(size_t pieces) {
  auto told = told_ranges{0};
  for (uint64_t i = 0; i < pieces; ++i)
    told.add({2 * i, 2 * i + 1});
  return told;
}

TEST(ToldRanges, AsManyAsItMayHoldAreAllKnown) {
  auto told = told_in_pieces(told_ranges::ranges_max);
  ASSERT_TRUE(told.from(0));
  EXPECT_EQ(told.from(0)->size(), told_ranges::ranges_max);
}

TEST(ToldRanges, OfMoreTheOldestAreForgottenAndItSaysSo) {
  auto told = told_in_pieces(told_ranges::ranges_max + 1);
  EXPECT_EQ(told.from(0), std::nullopt);
  auto forgotten = told_ranges::ranges_max / 2;
  auto known_from = 2 * (forgotten - 1) + 1;
  EXPECT_EQ(told.from(known_from - 1), std::nullopt);
  ASSERT_TRUE(told.from(known_from));
  EXPECT_EQ(told.from(known_from)->size(), told_ranges::ranges_max + 1 - forgotten);
  EXPECT_EQ(told.from(known_from)->front(), (logged_range{2 * forgotten, 2 * forgotten + 1}));
  EXPECT_EQ(told.start(), 0u) << "when it came does not change";
}

TEST(ToldRanges, HoweverMuchItIsToldItStaysBounded) {
  auto told = told_in_pieces(100'000);
  auto last = uint64_t{2 * 99'999 + 1};
  EXPECT_EQ(told.from(last - 1), (ranges{{last - 1, last}})) << "the newest are known";
  auto known = size_t{0};
  for (uint64_t n = last; told.from(n); --n)
    known = told.from(n)->size();
  EXPECT_LE(known, told_ranges::ranges_max);
  EXPECT_GE(known, told_ranges::ranges_max / 2);
}

} // namespace
} // namespace stentor::io
