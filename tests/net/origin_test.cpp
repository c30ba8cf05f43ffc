#include "net/origin.hpp"
#include "poller.hpp"

namespace stentor {
namespace {

/// Whether a page of `origin` may connect to `host`.
bool may(std::string_view origin, const settings& rules = {}, std::string_view host = "chat.example") {
  http_request request;
  request.headers.add("host", host);
  request.headers.add("origin", origin);
  return may_connect(rules, request);
}

settings allowing(std::vector<std::string> origins) {
  settings rules;
  rules.security.allowed_origins = std::move(origins);
  return rules;
}

TEST(Origin, APageMayConnectToItsOwnHost) {
  for (auto origin :
       {"http://chat.example", "https://chat.example", "https://CHAT.example", "http://chat.example:80", "https://chat.example:443"})
    EXPECT_TRUE(may(origin)) << origin;
  EXPECT_TRUE(may("http://localhost:1337", {}, "localhost:1337"));
  EXPECT_TRUE(may("http://[::1]:1337", {}, "[::1]:1337"));
  EXPECT_TRUE(may("http://[::1]", {}, "[::1]"));
  EXPECT_TRUE(may("https://chat.example", {}, "Chat.Example:443"));
}

TEST(Origin, NoOtherMay) {
  for (auto origin : {"https://evil.example",
                      "https://evilchat.example",
                      "https://chat.example.evil.org",
                      "https://sub.chat.example",
                      "https://chat.exampl",
                      "https://chat.example:444",
                      "http://chat.example:443",
                      "https://chat.example.",
                      "null",
                      "",
                      "*",
                      "chat.example",
                      "//chat.example",
                      "://chat.example",
                      "file://",
                      "file://chat.example",
                      "chrome-extension://chat.example",
                      "https://chat.example/",
                      "https://chat.example@evil.example",
                      "https://evil.example#chat.example",
                      "https://chat.example, https://evil.example",
                      "https://chat.example:80:443",
                      "https://chat.example:abc",
                      "https://chat.example\\evil"})
    EXPECT_FALSE(may(origin)) << origin;
  EXPECT_FALSE(may("http://localhost:3000", {}, "localhost:1337"));
  EXPECT_FALSE(may("http://127.0.0.1:1337", {}, "localhost:1337"));
  EXPECT_FALSE(may("http://[::1]:1", {}, "[::1]:1337"));
}

TEST(Origin, ThoseOfCorsAndTheAllowedMay) {
  auto rules = allowing({"https://app.example", "capacitor://localhost"});
  rules.cors.origins = {"http://localhost:3000"};
  for (auto origin :
       {"https://app.example", "https://APP.example:443", "capacitor://localhost", "http://localhost:3000", "https://chat.example"})
    EXPECT_TRUE(may(origin, rules)) << origin;
  for (auto origin : {"http://app.example", "https://app.example.evil.org", "https://evilapp.example", "http://localhost:3001", "null"})
    EXPECT_FALSE(may(origin, rules)) << origin;
  for (auto origin : {"https://evil.example", "null", "file://", ""})
    EXPECT_TRUE(may(origin, allowing({"*"}))) << origin;
}

TEST(Origin, EverybodyMayWithoutTheCheck) {
  settings rules;
  rules.security.check_origin = false;
  EXPECT_TRUE(may("https://evil.example", rules));
}

TEST(Origin, WhoIsNoPageMay) {
  http_request request;
  request.headers.add("host", "chat.example");
  EXPECT_TRUE(may_connect({}, request));
  request.headers.add("sec-fetch-site", "same-origin");
  EXPECT_TRUE(may_connect({}, request)) << "browsers send no Origin to the own host";
}

TEST(Origin, AScriptTagOfAnotherPageSendsNoOriginAndMayNot) {
  for (auto site : {"cross-site", "same-site"}) {
    http_request request;
    request.headers.add("host", "chat.example");
    request.headers.add("sec-fetch-site", site);
    EXPECT_FALSE(may_connect({}, request)) << site;
    EXPECT_TRUE(may_connect(allowing({"*"}), request)) << site;
  }
}

TEST(Origin, TwoAreNone) {
  http_request request;
  request.headers.add("host", "chat.example");
  request.headers.add("origin", "https://chat.example");
  request.headers.add("origin", "https://evil.example");
  EXPECT_FALSE(may_connect({}, request));
}

struct origin_of_a_request : polling {
  http_answer get(std::string_view query, std::string_view origin) {
    return server.client().ask(fmt::format("GET /socket.io/?{} HTTP/1.1\r\nHost: a\r\nOrigin: {}\r\n\r\n", query, origin));
  }
  http_answer upgrade(std::string_view query, std::string_view origin) {
    return server.client().ask(upgrade_request(query, upgrade_lines() + fmt::format("Origin: {}\r\n", origin)));
  }
};

TEST_F(origin_of_a_request, AForeignOneIsRefusedOverEveryTransport) {
  for (const auto& query : {std::string{"EIO=4&transport=polling"}, client.query()}) {
    auto answer = get(query, "https://evil.example");
    EXPECT_EQ(answer.status, 403u) << query;
    EXPECT_EQ(answer.body, forbidden);
  }
  for (const auto& query : {std::string{"EIO=4&transport=websocket"}, "EIO=4&transport=websocket&sid=" + client.sid}) {
    auto answer = upgrade(query, "https://evil.example");
    EXPECT_EQ(answer.status, 400u) << query;
    EXPECT_EQ(answer.body, "Forbidden");
    EXPECT_TRUE(answer.has("Connection: close"));
  }
  auto post = client.ask("POST", "4hello", "Origin: https://evil.example\r\n");
  EXPECT_EQ(post.status, 403u);
  EXPECT_EQ(post.body, forbidden);
  client.post("4alive");
  EXPECT_EQ(client.get(), "4alive") << "and nothing of it came in";
}

TEST_F(origin_of_a_request, TheOwnOneIsServedOverEveryTransport) {
  EXPECT_EQ(get("EIO=4&transport=polling", "http://a").status, 200u);
  EXPECT_EQ(upgrade("EIO=4&transport=websocket", "https://a.example").status, 101u);
  EXPECT_EQ(upgrade("EIO=4&transport=websocket&sid=" + client.sid, "http://a.example").status, 101u);
  EXPECT_EQ(client.ask("POST", "4hello", "Origin: http://a\r\n").body, "ok");
}

TEST_F(origin_of_a_request, TheBundleIsForEverybody) {
  auto answer = server.client().ask("GET /socket.io/socket.io.min.js HTTP/1.1\r\nHost: a\r\nSec-Fetch-Site: cross-site\r\n\r\n");
  EXPECT_EQ(answer.status, 200u);
}

} // namespace
} // namespace stentor
