#include "io/packets.hpp"

#include <gtest/gtest.h>

namespace stentor::io {
namespace {

TEST(Packets, AnEventIsTextOfItsNamespace) {
  EXPECT_EQ(event_packet("/", "news", ""), R"(2["news"])");
  EXPECT_EQ(event_packet("/", "new \"s\"", R"({"a":1},"b")"), R"(2["new \"s\"",{"a":1},"b"])");
  EXPECT_EQ(event_packet("/admin", "news", "1"), R"(2/admin,["news",1])");
}

} // namespace
} // namespace stentor::io
