#include "payload.hpp"

#include <gtest/gtest.h>

namespace stentor::engineio {
namespace {

parts split(std::string_view body) {
  return listed(split_payload(body));
}

TEST(EngineIoPayload, IsPacketsWithASeparatorBetween) {
  EXPECT_EQ(split("42[\"hello\"]"), parts{"42[\"hello\"]"});
  EXPECT_EQ(split(payload("4hello", "2", "4€")), (parts{"4hello", "2", "4€"}));
  EXPECT_EQ(split(payload("4a", "", "4b", "")), (parts{"4a", "", "4b", ""})) << "empty packets are the packet decoder's to refuse";
  EXPECT_EQ(split(""), parts{""});
}

TEST(EngineIoPayload, CarriesBinaryMessagesAsBase64) {
  EXPECT_EQ(split("bAQIDBA=="), parts{"bytes \1\2\3\4"});
  EXPECT_EQ(split(payload("4a", "bAQIDBA==", "b")), (parts{"4a", "bytes \1\2\3\4", "bytes "}));
  for (auto bad : {"bAQIDBA", "bAQIDBA=", "b!", "b_-__"})
    EXPECT_EQ(split(bad), parts{"refused"}) << bad;
}

TEST(EngineIoPayload, HasABoundedNumberOfPackets) {
  std::string body = "4";
  for (size_t i = 1; i < payload_packets_max; ++i)
    body += payload("", "4");
  EXPECT_EQ(split(body).size(), payload_packets_max);
  EXPECT_EQ(split(body + "\x1e"), parts{"refused"});
  EXPECT_EQ(split(std::string(1'000'000, '\x1e')), parts{"refused"});
}

TEST(EngineIoPayload, TakesFramesOfEverySizeApart) {
  using websocket::opcode;
  for (size_t size : {1, 125, 126, 65'535, 65'536}) {
    const auto text = "4" + std::string(size - 1, '*');
    EXPECT_EQ(payload_of_frames(frame(opcode::text, text)), text);
    EXPECT_EQ(payload_of_frames(frame(opcode::text, text) + frame(opcode::text, "2")), text + "\x1e" + "2");
  }
  EXPECT_EQ(payload_of_frames(""), "");
}

TEST(EngineIoPayload, WritesBinaryFramesAsBase64AndLeavesControlFramesOut) {
  using websocket::opcode;
  EXPECT_EQ(payload_of_frames(frame(opcode::text, "4a") + frame(opcode::pong, "x") + frame(opcode::binary, "\1\2\3\4") +
                              frame(opcode::close, "\x03\xe8")),
            payload("4a", "bAQIDBA=="));
}

} // namespace
} // namespace stentor::engineio
