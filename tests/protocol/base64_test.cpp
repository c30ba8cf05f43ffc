#include "protocol/base64.hpp"

#include <gtest/gtest.h>

namespace stentor::base64 {
namespace {

TEST(Base64, IsThatOfTheRfcInBothDirections) {
  constexpr std::pair<std::string_view, std::string_view> rows[] = {
    {"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}, {"fooba", "Zm9vYmE="}, {"foobar", "Zm9vYmFy"}};
  for (auto [bytes, text] : rows) {
    EXPECT_EQ(encode(bytes), text);
    auto decoded = decode(text);
    ASSERT_TRUE(decoded) << text;
    EXPECT_EQ(*decoded, bytes);
  }
}

TEST(Base64, HasAnAlphabetForUrlsWithoutPadding) {
  constexpr std::pair<std::string_view, std::string_view> rows[] = {{"", ""}, {"f", "Zg"}, {"\xfb\xff", "-_8"}, {"\xfb\xff\xfe", "-__-"}};
  for (auto [bytes, text] : rows) {
    EXPECT_EQ(encode(bytes, alphabet::url), text);
    auto decoded = decode(text, alphabet::url);
    ASSERT_TRUE(decoded) << text;
    EXPECT_EQ(*decoded, bytes);
  }
}

TEST(Base64, TakesCanonicalTextOnly) {
  for (auto text :
       {"Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "Zm9v=", "Z===", "====", "=", "Zg==Zg==", " Zg==", "Zg==\n", "Zm 9", "Zm9\xc3", "-__-"})
    EXPECT_FALSE(decode(text)) << text;
  for (auto text : {"Zg==", "Zh", "Z", "Zm9vY", "+//+", "Zm9v ", "Zm9v\n", "Zm.v"})
    EXPECT_FALSE(decode(text, alphabet::url)) << text;
  EXPECT_FALSE(decode(std::string_view{"Zm9\0", 4}));
}

} // namespace
} // namespace stentor::base64
