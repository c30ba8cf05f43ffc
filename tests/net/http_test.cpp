#include "net/http.hpp"

#include <gtest/gtest.h>

namespace stentor {
namespace {

TEST(HttpHeaders, GivesTheFirstOfAName) {
  http_headers headers;
  headers.add("host", "a.example");
  headers.add("cookie", "one=1");
  headers.add("cookie", "two=2");
  headers.add("x-empty", "");
  headers.add("accept", "*/*");
  EXPECT_EQ(headers.get("host"), "a.example");
  EXPECT_EQ(headers.get("cookie"), "one=1");
  EXPECT_EQ(headers.get("x-empty"), "");
  EXPECT_EQ(headers.get("accept"), "*/*");
  EXPECT_EQ(headers.get("origin"), "");
  EXPECT_EQ(headers.get(""), "");
}

TEST(HttpHeaders, CountsEveryFieldOfAName) {
  http_headers headers;
  EXPECT_EQ(headers.count("host"), 0u);
  headers.add("host", "a.example");
  headers.add("x-empty", "");
  headers.add("host", "b.example");
  EXPECT_EQ(headers.count("host"), 2u);
  EXPECT_EQ(headers.count("x-empty"), 1u);
  EXPECT_EQ(headers.count("hos"), 0u);
}

TEST(HttpHeaders, AValueIsNoName) {
  http_headers headers;
  headers.add("x-first", "origin");
  headers.add("x-second", "https://evil.example");
  EXPECT_EQ(headers.get("origin"), "");
  EXPECT_EQ(headers.count("origin"), 0u);
  EXPECT_EQ(headers.get("https://evil.example"), "");
}

TEST(HttpHeaders, NamesMustMatchWhole) {
  http_headers headers;
  headers.add("x-authorization", "no");
  headers.add("authorization-x", "no");
  EXPECT_EQ(headers.get("authorization"), "");
}

TEST(ErrorAnswer, HasTheBodyOfRestErrors) {
  auto answer = error_answer(404, "NotFoundError", "there is no \xff such thing", {{"id", 7}});
  EXPECT_EQ(answer.status, 404u);
  EXPECT_EQ(answer.content_type, "application/json; charset=utf-8");
  EXPECT_EQ(answer.body, R"({"data":null,"error":{"status":404,"name":"NotFoundError","message":"there is no )"
                         "\xef\xbf\xbd"
                         R"( such thing","details":{"id":7}}})");
  EXPECT_EQ(error_answer(400, "ValidationError", "no").body,
            R"({"data":null,"error":{"status":400,"name":"ValidationError","message":"no","details":{}}})");
}

TEST(CookieValue, FindsACookieAmongOthers) {
  constexpr auto header = "theme=dark; io=abc123;last=x=y;  spaced=1";
  constexpr std::pair<std::string_view, std::string_view> cookies[] = {
    {"theme", "dark"}, {"io", "abc123"}, {"last", "x=y"}, {"spaced", "1"}, {"none", ""}};
  for (const auto& [name, value] : cookies)
    EXPECT_EQ(cookie_value(header, name), value) << name;
  EXPECT_EQ(cookie_value("", "io"), "");
}

TEST(CookieValue, NamesMustMatchWholeAndInCase) {
  EXPECT_EQ(cookie_value("xio=1; iox=2; IO=3; io =4", "io"), "");
  EXPECT_EQ(cookie_value("a=io=1; io", "io"), "");
}

TEST(CookieValue, WalksOverEmptyFieldsAndGivesTheFirstOfAName) {
  EXPECT_EQ(cookie_value(";; ;io=1;io=2;", "io"), "1");
  EXPECT_EQ(cookie_value("; ", "io"), "");
  EXPECT_EQ(cookie_value("io=", "io"), "");
}

} // namespace
} // namespace stentor
