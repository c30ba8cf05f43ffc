#include "net/cors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stentor {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing::UnorderedElementsAre;

const auto off = cors_settings{};
const auto any = cors_settings{.origins = {"*"}, .exposed_headers = {}};
const auto two = cors_settings{.origins = {"https://chat.example", "http://localhost:3000"}, .exposed_headers = {}};

cors_request from(std::string_view origin, std::string_view headers = {}) {
  http_request request;
  if (!origin.empty())
    request.headers.add("origin", origin);
  if (!headers.empty())
    request.headers.add("access-control-request-headers", headers);
  return cors_request::of(request);
}

auto headers(const cors_settings& rules, const cors_request& request) {
  http_response answer;
  add_cors(rules, request, answer);
  return answer.headers;
}

TEST(Cors, SaysNothingWhileItIsOff) {
  EXPECT_THAT(headers(off, from("https://chat.example")), IsEmpty());
  EXPECT_FALSE(preflight(off, from("https://chat.example")));
}

TEST(Cors, AllowsEverybodyWithoutCredentials) {
  EXPECT_THAT(headers(any, from("https://evil.example")), ElementsAre(Pair("Access-Control-Allow-Origin", "*")));
  EXPECT_THAT(headers(any, from("")), ElementsAre(Pair("Access-Control-Allow-Origin", "*")));
}

TEST(Cors, AllowsTheListedAndNobodyElse) {
  for (auto origin : {"https://chat.example", "http://localhost:3000"})
    EXPECT_THAT(headers(two, from(origin)), UnorderedElementsAre(Pair("Vary", "Origin"), Pair("Access-Control-Allow-Origin", origin),
                                                                 Pair("Access-Control-Allow-Credentials", "true")));
  for (auto origin : {"", "null", "*", "https://evil.example", "http://chat.example", "https://chat.example:443", "https://CHAT.example",
                      "https://chat.example.evil.example", "https://evilchat.example", "https://sub.chat.example", "https://chat.example/",
                      "http://localhost:30000", "https://chat.example, http://localhost:3000"})
    EXPECT_THAT(headers(two, from(origin)), ElementsAre(Pair("Vary", "Origin"))) << origin;
}

TEST(Cors, APreflightIsToldWhatItAskedFor) {
  auto answer = preflight(two, from("https://chat.example", "authorization, content-type"));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 204u);
  EXPECT_EQ(answer->body, "");
  EXPECT_THAT(answer->headers,
              UnorderedElementsAre(Pair("Content-Length", "0"), Pair("Access-Control-Allow-Methods", "GET,HEAD,PUT,PATCH,POST,DELETE"),
                                   Pair("Access-Control-Allow-Headers", "authorization, content-type"),
                                   Pair("Vary", "Access-Control-Request-Headers")));
}

TEST(Cors, APreflightThatAsksForNoHeadersIsToldNone) {
  auto answer = preflight(any, from("https://chat.example"));
  ASSERT_TRUE(answer);
  EXPECT_THAT(answer->headers,
              ElementsAre(Pair("Content-Length", "0"), Pair("Access-Control-Allow-Methods", "GET,HEAD,PUT,PATCH,POST,DELETE")));
}

TEST(Cors, ExposesTheHeadersThatItIsToldTo) {
  const auto rules = cors_settings{.origins = {"*"}, .exposed_headers = {"X-A", "X-B"}};
  EXPECT_THAT(headers(rules, from("https://chat.example")),
              UnorderedElementsAre(Pair("Access-Control-Allow-Origin", "*"), Pair("Access-Control-Expose-Headers", "X-A,X-B")));
}

TEST(Cors, APreflightMayBeRemembered) {
  const auto rules = cors_settings{.origins = {"*"}, .exposed_headers = {}, .max_age_s = 600};
  EXPECT_THAT(preflight(rules, from("https://chat.example"))->headers, testing::Contains(Pair("Access-Control-Max-Age", "600")));
}

} // namespace
} // namespace stentor
