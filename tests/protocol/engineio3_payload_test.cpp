#include "protocol/engineio3_payload.hpp"

#include "payload.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace stentor::engineio {
namespace {

using namespace std::string_literals;
using websocket::opcode;

parts split(std::string_view body) {
  return listed(split_payload3(body));
}
parts split_bytes(std::string_view body) {
  return listed(split_payload3_bytes(body));
}

TEST(EngineIo3Payload, IsLengthsAndPackets) {
  EXPECT_EQ(split("6:4hello"), parts{"4hello"});
  EXPECT_EQ(split("6:4hello1:26:4world"), (parts{"4hello", "2", "4world"}));
  EXPECT_EQ(split("06:4hello"), parts{"4hello"});
  EXPECT_EQ(split("4:4a:b"), parts{"4a:b"});
  EXPECT_EQ(split("0:"), parts{}) << "the reference's payload of no packets";
}

TEST(EngineIo3Payload, CountsInUtf16CodeUnits) {
  EXPECT_EQ(split("2:4é2:4€3:4😀1:2"), (parts{"4é", "4€", "4😀", "2"}));
  EXPECT_EQ(split("2:4😀"), parts{"refused"}) << "half a surrogate pair";
  EXPECT_EQ(split("4:4😀"), parts{"refused"}) << "counted in characters and a half";
  EXPECT_EQ(split("5:4😀"), parts{"refused"}) << "counted in bytes";
}

TEST(EngineIo3Payload, CarriesBinaryMessagesAsBase64) {
  EXPECT_EQ(split("6:4hello10:b4AQIDBA==2:b4"), (parts{"4hello", "bytes \1\2\3\4", "bytes "}));
  for (auto bad : {"9:bAQIDBA==", "10:b2AQIDBA==", "9:b4AQIDBA=", "3:b4!", "1:b"})
    EXPECT_EQ(split(bad), parts{"refused"}) << bad;
}

TEST(EngineIo3Payload, WhatIsCutOffOrNoLengthIsRefused) {
  for (auto bad : {"",
                   "4hello",
                   "abc",
                   ":4",
                   "6",
                   "6:",
                   "6:4hell",
                   "6:4hello1",
                   "6:4hello1:",
                   "-1:4",
                   "+1:4",
                   " 1:4",
                   "1e0:4",
                   "0x1:4",
                   "1.0:4",
                   "1000000000:4",
                   "00000000001:4",
                   "99999999999999999999:4",
                   "18446744073709551617:4",
                   "2:4\xff",
                   "2:4\xed\xa0\x80"})
    EXPECT_EQ(split(bad), parts{"refused"}) << bad;
}

TEST(EngineIo3Payload, OfBytesIsTextAndBinaryPackets) {
  EXPECT_EQ(split_bytes("\0\6\xff"s + "4hello" + "\1\5\xff\4\1\2\3\4"), (parts{"4hello", "bytes \1\2\3\4"}));
  EXPECT_EQ(split_bytes("\0\3\xff"s + "4é" + "\0\5\xff"s + "4😀"), (parts{"4é", "4😀"})) << "lengths are bytes";
  EXPECT_EQ(split_bytes("\0\1\2\xff"s + "4hello world"), parts{"4hello world"});
  EXPECT_EQ(split_bytes("\0\1\0\xff"s + "b4AQIDBA=="), parts{"bytes \1\2\3\4"});
  EXPECT_EQ(split_bytes("\1\1\xff\4"s), parts{"bytes "});
}

TEST(EngineIo3Payload, OfBytesThatIsCutOffOrHasNoLengthIsRefused) {
  const std::string rows[] = {
    "",
    "\0"s,
    "\1"s,
    "\0\1"s,
    "\0\xff"s,
    "\0\1\xff"s,
    "\1\5\xff\4\1\2"s,
    "\2\1\xff"s + "4",
    "\0\x0a\xff"s + "4hello wor",
    "\1\1\xff\2"s,
    "\1\0\xff"s,
    "\0\2\xff"s + "4\xff",
    "\0"
    "1\xff"s +
      "4",
    "\0"s + std::string(10, '\0') + "\xff",
    "\0\x09\x09\x09\x09\x09\x09\x09\x09\x09\x09\xff"s + "4",
    "\0"s + std::string(100'000, '\1'),
  };
  for (const auto& bad : rows)
    EXPECT_EQ(split_bytes(bad), parts{"refused"}) << testing::PrintToString(bad.substr(0, 20));
}

TEST(EngineIo3Payload, HasABoundedNumberOfPackets) {
  std::string text, bytes;
  for (size_t i = 0; i < payload_packets_max; ++i) {
    text += "1:4";
    bytes += "\0\1\xff"s + "4";
  }
  EXPECT_EQ(split(text).size(), payload_packets_max);
  EXPECT_EQ(split(text + "1:4"), parts{"refused"});
  EXPECT_EQ(split_bytes(bytes).size(), payload_packets_max);
  EXPECT_EQ(split_bytes(bytes + "\0\1\xff"s + "4"), parts{"refused"});
}

TEST(EngineIo3Payload, TakesLinearTime) {
  auto start = std::chrono::steady_clock::now();
  const auto body = "33333333:4" + std::string(33'333'332, 'x');
  EXPECT_EQ(split(body).size(), 1U);
  std::string empty_ones;
  for (auto i = 0; i < 500'000; ++i)
    empty_ones += "0:";
  EXPECT_EQ(split(empty_ones), parts{});
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds{5});
}

TEST(EngineIo3Payload, OfFramesIsTextForThoseWhoTakeNothingElse) {
  auto frames =
    frame(opcode::text, "4é😀") + frame(opcode::pong, "x") + frame(opcode::binary, "\4\1\2\3\4") + frame(opcode::close, "\x03\xe8");
  auto payload = payload3_of_frames(frames, binary_form::base64);
  EXPECT_EQ(payload.body, "4:4é😀10:b4AQIDBA==");
  EXPECT_EQ(payload.form, binary_form::base64);
}

TEST(EngineIo3Payload, OfFramesIsBytesIfOneIsBinary) {
  auto payload = payload3_of_frames(
    frame(opcode::text, "4é") + frame(opcode::binary, "\4\1\2\3\4") + frame(opcode::text, "4" + std::string(9, 'x')), binary_form::bytes);
  EXPECT_EQ(payload.body, "\0\3\xff"s + "4é" + "\1\5\xff\4\1\2\3\4" + "\0\1\0\xff"s + "4xxxxxxxxx");
  EXPECT_EQ(payload.form, binary_form::bytes);
  auto text = payload3_of_frames(frame(opcode::text, "4hello") + frame(opcode::text, "2"), binary_form::bytes);
  EXPECT_EQ(text.body, "6:4hello1:2");
  EXPECT_EQ(text.form, binary_form::base64);
}

} // namespace
} // namespace stentor::engineio
