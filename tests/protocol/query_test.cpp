#include "protocol/query.hpp"

#include <gtest/gtest.h>

namespace stentor {
namespace {

using namespace std::string_literals;

TEST(PercentDecoded, DecodesEscapesOfBothCases) {
  EXPECT_EQ(percent_decoded(""), "");
  EXPECT_EQ(percent_decoded("plain"), "plain");
  EXPECT_EQ(percent_decoded("%41"), "A");
  EXPECT_EQ(percent_decoded("%2f%2F"), "//");
  EXPECT_EQ(percent_decoded("a%20b%20"), "a b ");
  EXPECT_EQ(percent_decoded("%C3%A9"), "\xc3\xa9");
  EXPECT_EQ(percent_decoded("%00"), "\0"s);
  EXPECT_EQ(percent_decoded("%25%34%31"), "%41") << "once, not twice";
}

TEST(PercentDecoded, LeavesABrokenEscapeAsItIs) {
  for (auto broken : {"%", "%4", "a%", "a%4", "%zz", "%4z", "%z4", "%-1", "%+1", "% 1", "%0x", "%%", "%u0041"})
    EXPECT_EQ(percent_decoded(broken), broken);
  EXPECT_EQ(percent_decoded("%4%41"), "%4A");
  EXPECT_EQ(percent_decoded("%%41"), "%A");
}

TEST(PercentDecoded, APlusIsASpaceOnlyIfAskedFor) {
  EXPECT_EQ(percent_decoded("a+b"), "a+b");
  EXPECT_EQ(percent_decoded("a+b%2B", true), "a b+");
}

TEST(QueryValue, FindsTheFirstOfAName) {
  constexpr auto query = "EIO=4&transport=websocket&empty=&flag&sid=a&sid=b&x=1=2";
  EXPECT_EQ(query_value(query, "EIO"), "4");
  EXPECT_EQ(query_value(query, "transport"), "websocket");
  EXPECT_EQ(query_value(query, "sid"), "a");
  EXPECT_EQ(query_value(query, "x"), "1=2");
}

TEST(QueryValue, TellsAbsentFromEmpty) {
  constexpr auto query = "empty=&flag&last";
  EXPECT_EQ(query_value(query, "empty", "none"), "");
  EXPECT_EQ(query_value(query, "flag", "none"), "");
  EXPECT_EQ(query_value(query, "last", "none"), "");
  EXPECT_EQ(query_value(query, "other", "none"), "none");
  EXPECT_EQ(query_value("", "empty", "none"), "none");
  EXPECT_EQ(query_value(query, "other"), "");
}

TEST(QueryValue, NamesMustMatchWholeAndInCase) {
  EXPECT_EQ(query_value("xsid=1&sidx=2&SID=3", "sid", "none"), "none");
  EXPECT_EQ(query_value("a=sid=1", "sid", "none"), "none");
}

TEST(QueryValue, DecodesNamesAndValues) {
  EXPECT_EQ(query_value("user%20name=ada+lovelace%21", "user name"), "ada lovelace!");
  EXPECT_EQ(query_value("user+name=%41%26b%3d", "user name"), "A&b=");
  EXPECT_EQ(query_value("q=%zz", "q"), "%zz");
}

TEST(QueryValue, WalksOverEmptyFields) {
  EXPECT_EQ(query_value("&&a=1&", "a"), "1");
  EXPECT_EQ(query_value("=x&a=1", "a"), "1");
  EXPECT_EQ(query_value("&", "a", "none"), "none");
}

} // namespace
} // namespace stentor
