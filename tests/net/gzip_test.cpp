#include "net/gzip.hpp"

#include <gtest/gtest.h>

namespace stentor {
namespace {

TEST(Gzip, IsTakenByThoseWhoSaySo) {
  for (auto header : {"gzip", "gzip, deflate, br", "br;q=1.0, gzip;q=0.8, *;q=0.1", "deflate,gzip", " gzip ; q=0.001"})
    EXPECT_TRUE(takes_gzip(header)) << header;
  for (auto header : {"", "identity", "br", "gzip;q=0", "gzip; q=0.000", "x-gzip", "gzipped", "deflate, gzip;q=0.0, br"})
    EXPECT_FALSE(takes_gzip(header)) << header;
}

TEST(Gzip, MakesAGzipFile) {
  auto small = gzip(std::string(100'000, 'x'));
  EXPECT_LT(small.size(), 2000U);
  EXPECT_TRUE(small.starts_with("\x1f\x8b"));
  EXPECT_GT(gzip("").size(), 0U);
}

} // namespace
} // namespace stentor
