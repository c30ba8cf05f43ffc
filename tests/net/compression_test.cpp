#include "net/compression.hpp"

#include <gtest/gtest.h>
#include <zlib.h>

namespace stentor {
namespace {

TEST(Compression, IsWhatTheClientTakes) {
  for (auto header : {"gzip", "gzip, deflate, br", "br;q=1.0, gzip;q=0.8, *;q=0.1", "deflate,gzip", " gzip ; q=0.001", "*", "br, *;q=0.5"})
    EXPECT_EQ(coding_for(header), coding::gzip) << header;
  for (auto header : {"deflate", "deflate, br", "gzip;q=0, deflate", "deflate;q=0.5, identity", "gzip;q=0, *"})
    EXPECT_EQ(coding_for(header), coding::deflate) << header;
  for (auto header : {"", "identity", "br", "gzip;q=0", "gzip; q=0.000", "x-gzip", "gzipped", "br, gzip;q=0.0", "*;q=0", "deflate;q=0"})
    EXPECT_EQ(coding_for(header), coding::none) << header;
}

TEST(Compression, CanBeUndone) {
  const auto text = std::string(100'000, 'x');
  for (auto how : {coding::gzip, coding::deflate}) {
    auto small = compressed(text, how);
    EXPECT_LT(small.size(), 2000U);
    EXPECT_EQ(small.starts_with("\x1f\x8b"), how == coding::gzip);
    auto stream = z_stream{};
    std::string out(200'000, '\0');
    ASSERT_EQ(inflateInit2(&stream, MAX_WBITS + 32), Z_OK) << "of either kind";
    stream.next_in = reinterpret_cast<Bytef*>(small.data());
    stream.avail_in = static_cast<uInt>(small.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
    EXPECT_TRUE(std::string_view(out).substr(0, stream.total_out) == text);
    inflateEnd(&stream);
    EXPECT_GT(compressed("", how).size(), 0U);
  }
}

} // namespace
} // namespace stentor
