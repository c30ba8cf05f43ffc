#include "api_test.hpp"

namespace stentor::api {
namespace {

using RoutesTest = ApiTest;

std::vector<std::string> segments(std::string_view path) {
  std::vector<std::string> all;
  for (; !path.empty(); path.remove_prefix(std::min(path.size(), path.find('/', 1))))
    all.emplace_back(path.substr(1, path.find('/', 1) - 1));
  return all;
}

/// Whether `pattern` takes every path that `other` takes.
bool covers(const route& pattern, const route& other) {
  auto a = segments(pattern.path), b = segments(other.path);
  return pattern.method == other.method &&
         std::ranges::equal(a, b, [](const auto& x, const auto& y) { return x == y || (x.starts_with(':') && !y.starts_with(':')); });
}

TEST(Routes, AStaticWordStandsBeforeAWordThatTakesAnything) {
  auto all = routes();
  for (size_t first = 0; first < all.size(); ++first)
    for (size_t second = first + 1; second < all.size(); ++second)
      EXPECT_FALSE(covers(all[first], all[second])) << all[second].method << " " << all[second].path << " is never reached";
}

TEST(Routes, AreWellFormed) {
  for (const auto& route : routes()) {
    EXPECT_TRUE(route.path.starts_with("/api/") || route.needs == access::anyone) << route.path << " is for operators, who have no token";
    EXPECT_FALSE(route.path.ends_with('/')) << route.path;
    EXPECT_NE(route.handle, nullptr);
  }
}

TEST_F(RoutesTest, AWordTakesOneDecodedSegment) {
  const std::pair<std::string, room_ref> rows[] = {
    {"7", room_id{7}}, {"%37", room_id{7}}, {"general", "general"}, {"a%2Db", "a-b"}, {"a%3ab", "a:b"}, {"join", "join"},
  };
  for (const auto& [segment, room] : rows) {
    get("/api/channels/" + segment);
    ASSERT_FALSE(directory.finds.seen.empty()) << segment;
    EXPECT_EQ(directory.finds.seen.back().room, room) << segment;
  }
}

TEST_F(RoutesTest, WhatCannotBeARoomIsNotFoundWithoutAsking) {
  for (auto segment : {"0", "-1", "a%2Fb", "a%00", "%", "%zz", "a+b", "a%20b", "%C5%BC", "%ff", "9007199254740992"})
    EXPECT_EQ(shown(get("/api/channels/" + std::string{segment})), error(404, "NotFoundError", "Not found", "not_found")) << segment;
  EXPECT_TRUE(directory.finds.seen.empty());
}

TEST_F(RoutesTest, APathThatNobodyKnowsIsNotFound) {
  for (auto path :
       {"/", "/api", "/api/", "/api/channel", "/api/channels/", "/api/channels//join", "/api/channels/7/", "/api/channels/7/join/",
        "/api/channels/7/join/now", "/api/messages/7", "//api/channels", "/API/channels", "/api/chann%65ls", "api/channels"})
    EXPECT_EQ(shown(get(path)), error(404, "NotFoundError", "There is nothing at " + std::string{path})) << path;
}

TEST_F(RoutesTest, APathThatIsNoUtf8IsNotFoundInValidJson) {
  EXPECT_EQ(shown(get("/api/\xff")), error(404, "NotFoundError", "There is nothing at /api/\xef\xbf\xbd"));
}

TEST_F(RoutesTest, AMethodThatARouteDoesNotHaveIsNamedAndSoAreThoseThatItHas) {
  auto answer = send("DELETE", "/api/channels", "", {});
  EXPECT_EQ(shown(answer), error(405, "MethodNotAllowedError", "DELETE is not allowed here"));
  EXPECT_EQ(answer.value().headers, (headers{{"Allow", "POST, GET, HEAD"}}));
  EXPECT_EQ(send("GET", "/api/channels/7/join", "", {}).value().headers, (headers{{"Allow", "POST"}}));
}

TEST_F(RoutesTest, AHeadIsAnsweredLikeTheGetOfItsPath) {
  EXPECT_TRUE(send("HEAD", "/api/channels/7", "", {{"authorization", "ada's"}}).pending());
  EXPECT_EQ(room.describes.waiting(), 1u);
}

// -- who asks -----------------------------------------------------------------

TEST_F(RoutesTest, EveryRouteNeedsATokenUnlessItSaysOtherwise) {
  for (const auto& route : routes()) {
    if (route.needs == access::anyone)
      continue;
    auto path = std::string{route.path};
    if (auto word = path.find(":id"); word != path.npos)
      path.replace(word, 3, "7");
    EXPECT_EQ(shown(send(std::string{route.method}, path, "{}", {{"content-type", "application/json"}})),
              error(401, "UnauthorizedError", "Authentication required", "unauthenticated"))
      << route.method << " " << path;
  }
}

TEST_F(RoutesTest, RoutesForAdminsAreForThemOnly) {
  for (const auto& route : routes())
    if (route.needs == access::admin) {
      auto path = std::string{route.path}.replace(route.path.find(":id"), 3, "7");
      EXPECT_EQ(send(std::string{route.method}, path, "{}", {{"authorization", "Bearer ada's"}}).value().status, 403u) << path;
    }
}

TEST_F(RoutesTest, ABadTokenIsRefused) {
  EXPECT_EQ(shown(send("GET", "/api/channels", "", {{"authorization", "Bearer forged"}})),
            error(401, "UnauthorizedError", "expired", "invalid_token"));
}

TEST_F(RoutesTest, TheTokenStandsInTheHeaderOrInTheCookieAndNeverInTheQuery) {
  send("GET", "/api/channels", "", {{"authorization", "ada's"}}), send("GET", "/api/channels", "", {{"cookie", "accessToken=ada's"}});
  EXPECT_EQ(reader.lists.waiting(), 2u);
  EXPECT_EQ(send("GET", "/api/channels?token=ada's&accessToken=ada's", "", {}).value().status, 401u);
}

TEST_F(RoutesTest, AStoreThatFailsIsNoBadToken) {
  reader.identities.always = [](const store::claimed_identity&) -> result<store::account> { return errc::unavailable; };
  EXPECT_EQ(shown(get("/api/channels")), error(503, "ServiceUnavailableError", "The store is unavailable, try again", "unavailable"));
}

TEST_F(RoutesTest, EveryCodeHasItsStatusAndName) {
  const std::tuple<errc, unsigned, std::string> rows[] = {
    {errc::bad_request, 400, "ValidationError"},
    {errc::forbidden, 403, "ForbiddenError"},
    {errc::not_found, 404, "NotFoundError"},
    {errc::not_a_member, 403, "ForbiddenError"},
    {errc::already_exists, 409, "ConflictError"},
    {errc::rate_limited, 429, "RateLimitError"},
    {errc::busy, 503, "ServiceUnavailableError"},
    {errc::unavailable, 503, "ServiceUnavailableError"},
    {errc::shutting_down, 503, "ServiceUnavailableError"},
    {errc::internal, 500, "InternalServerError"},
  };
  for (const auto& [code, status, http_name] : rows) {
    auto answer = get("/api/channels/7");
    room.describes.answer(code);
    settle();
    EXPECT_EQ(shown(answer), error(status, http_name, std::string{sentence(code)}, std::string{name(code)}));
  }
}

} // namespace
} // namespace stentor::api
