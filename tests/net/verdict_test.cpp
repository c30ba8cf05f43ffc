// Handshakes at which the application looks before they become connections.

#include "echo_server.hpp"
#include "poller.hpp"

#include <gmock/gmock.h>

namespace stentor {
namespace {

using testing::StartsWith;
using websocket::text;

struct Verdict : testing::TestWithParam<std::string_view> {
  std::optional<echo_server> server;

  Verdict() {
    start([](settings&) {});
  }
  void start(echo_server::change prepare) {
    server.emplace(prepare);
    server->on_thread([](auto& app) { app.looks_at_handshakes = true; });
  }

  static bool over_websocket() { return GetParam() == "websocket"; }
  static std::string request(std::string_view more = "") {
    auto query = fmt::format("EIO=4&transport={}{}", GetParam(), more);
    return over_websocket() ? upgrade_request(query) : fmt::format("GET /socket.io/?{} HTTP/1.1\r\nHost: a\r\n\r\n", query);
  }
  /// One at which the application looks.
  raw_client knock() {
    auto one = server->client();
    one.send(request());
    EXPECT_TRUE(server->log.await_waiting(1));
    return one;
  }
  void decide(const std::optional<std::string>& refusal) {
    server->on_thread([&](auto& app) { app.decide(refusal); });
  }
  void let_in() { decide(std::nullopt); }
  /// What a client hears first that is let in.
  static std::string hello(raw_client& client) {
    auto answer = client.read_answer();
    EXPECT_EQ(answer.status, over_websocket() ? 101u : 200u);
    return over_websocket() ? client.hear() : "text " + answer.body;
  }
  static void expect_refusal(const http_answer& answer, std::string_view message) {
    EXPECT_EQ(answer.status, over_websocket() ? 400u : 403u);
    EXPECT_TRUE(answer.has(over_websocket() ? "Content-Type: text/html" : "Content-Type: application/json"));
    EXPECT_EQ(answer.body, over_websocket() ? std::string{message} : fmt::format(R"({{"code":4,"message":"{}"}})", message));
  }
};

TEST_P(Verdict, WhoIsLetInLaterConnects) {
  auto client = knock();
  let_in();
  EXPECT_THAT(hello(client), StartsWith(R"(text 0{"sid":)"));
  EXPECT_TRUE(server->log.await_handlers(1));
}

TEST_P(Verdict, WhoIsRefusedHearsWhy) {
  auto client = knock();
  decide("not today");
  expect_refusal(client.read_answer(), "not today");
  EXPECT_TRUE(server->log.await_handlers(0));
}

TEST_P(Verdict, MayComeAtOnce) {
  auto client = server->client();
  client.send(request("&yes"));
  EXPECT_THAT(hello(client), StartsWith(R"(text 0{"sid":)"));
  expect_refusal(server->client().ask(request("&no")), "no");
}

TEST_P(Verdict, CountsOnce) {
  auto client = knock();
  let_in();
  hello(client);
  decide("no");
  let_in();
  EXPECT_TRUE(server->log.await_handlers(1));
  if (over_websocket()) {
    client.say("4still here");
    EXPECT_EQ(client.hear(), "text 4still here");
  }
}

TEST_P(Verdict, IsNotAskedOfWhatIsRefusedAnyway) {
  EXPECT_EQ(server->client().ask(upgrade_request("EIO=4&transport=nope")).body, "Transport unknown");
  EXPECT_EQ(server->client().ask(upgrade_request("EIO=3&transport=websocket")).body, "Unsupported protocol version");
  EXPECT_EQ(server->client().ask(upgrade_request("EIO=4&transport=websocket", upgrade_lines("no key"))).body, "Bad request");
  EXPECT_TRUE(server->log.await_waiting(0));
}

TEST_P(Verdict, OfWhoHangsUpMeanwhileChangesNothing) {
  auto before = open_descriptors();
  knock().hang_up();
  EXPECT_TRUE(server->await_descriptors(before));
  let_in();
  decide("no");
  EXPECT_TRUE(server->log.await_handlers(0));
}

TEST_P(Verdict, WhatIsSaidMeanwhileIsHeardAfterwards) {
  auto client = knock();
  client.send(over_websocket() ? text("4early") : "GET /next HTTP/1.1\r\nHost: a\r\n\r\n");
  server->on_thread([](auto&) {});
  let_in();
  hello(client);
  EXPECT_EQ(over_websocket() ? client.hear() : client.read_answer().body, over_websocket() ? "text 4early" : "GET /next  <>");
}

TEST_P(Verdict, WhoHasBeenWatchedIsServedLikeEveryoneElse) {
  auto client = knock();
  let_in();
  hello(client);
  if (over_websocket()) {
    client.hang_up();
    EXPECT_EQ(server->log.next_close(), "transport close");
  } else
    EXPECT_EQ(client.ask("GET /next HTTP/1.1\r\nHost: a\r\n\r\n").body, "GET /next  <>");
}

TEST_P(Verdict, DoesNotHoldUpADrain) {
  start([](settings& s) { s.server.drain_timeout_ms = 60'000; });
  auto client = knock();
  EXPECT_EQ(server->begin_drain().wait_for(patience), std::future_status::ready);
  EXPECT_TRUE(client.at_end());
  let_in();
}

TEST_P(Verdict, ThatDoesNotComeInTimeIsARefusal) {
  start([](settings& s) { s.socketio.connect_timeout_ms = 20; });
  auto client = server->client();
  expect_refusal(client.ask(request()), "Forbidden");
  let_in();
  EXPECT_TRUE(server->log.await_handlers(0));
}

TEST_P(Verdict, DoesNotLetMoreInThanThereMayBe) {
  start([](settings& s) { s.network.connections_max = 1; });
  auto first = knock(), second = server->client();
  second.send(request());
  EXPECT_TRUE(server->log.await_waiting(2));
  let_in();
  hello(first);
  EXPECT_EQ(second.read_answer().status, 503u);
  EXPECT_EQ(server->client().ask(request()).status, 503u) << "nor is it asked for then";
}

TEST_P(Verdict, WhoWaitsForOneCountsAsAnHttpSession) {
  start([](settings& s) { s.network.http_sessions_max = 1; });
  auto first = knock();
  EXPECT_TRUE(server->client().at_end());
  let_in();
  hello(first);
}

INSTANTIATE_TEST_SUITE_P(Over, Verdict, testing::Values("polling", "websocket"), [](const auto& each) { return std::string{each.param}; });

TEST(VerdictOnOneConnection, IsOfItsHandshakeAlone) {
  echo_server server;
  server.on_thread([](auto& app) { app.looks_at_handshakes = true; });
  auto client = server.client();
  constexpr auto request = "GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: a\r\n\r\n";
  client.send(request);
  ASSERT_TRUE(server.log.await_waiting(1));
  server.on_thread([](auto& app) { app.decide("first\xff"); });
  EXPECT_EQ(client.read_answer().body, "{\"code\":4,\"message\":\"first\xef\xbf\xbd\"}");
  client.send(request);
  ASSERT_TRUE(server.log.await_waiting(1));
  server.on_thread([](auto& app) { app.decide_first("first again"), app.decide("second"); });
  EXPECT_EQ(client.read_answer().body, R"({"code":4,"message":"second"})");
}

TEST(VerdictOnASession, IsNotAskedForAgain) {
  echo_server server;
  auto one = poller{server};
  server.on_thread([](auto& app) { app.looks_at_handshakes = true; });
  EXPECT_EQ(one.post("4hello").body, "ok");
  EXPECT_EQ(one.get(), "4hello");
  auto candidate = one.candidate();
  candidate.say("2probe");
  EXPECT_EQ(candidate.hear(), "text 3probe");
}

} // namespace
} // namespace stentor
