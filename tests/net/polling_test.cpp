#include "poller.hpp"

#include <gmock/gmock.h>

namespace stentor {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;
using std::chrono::steady_clock;
using testing::MatchesRegex;

// -- packets ------------------------------------------------------------------

TEST_F(polling, IsOpenedByAGet) {
  auto answer = server.client().ask("GET /socket.io/?EIO=4&transport=polling&t=Qx7 HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_THAT(answer.whole(),
              MatchesRegex("HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nContent-Type: text/plain; charset=UTF-8\r\nContent-Length: 118\r\n"
                           "cache-control: no-store\r\n\r\n"
                           R"(0\{"sid":"[A-Za-z0-9_-]{20}","upgrades":\["websocket"\],"pingInterval":25000,"pingTimeout":20000,)"
                           R"("maxPayload":1000000\})"));
}

TEST_F(polling, APostBringsAndAGetFetches) {
  EXPECT_EQ(client.post("4hello").whole(), "HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nContent-Type: text/html\r\nContent-Length: 2\r\n"
                                           "cache-control: no-store\r\n\r\nok");
  EXPECT_EQ(client.ask("GET", "").whole(), "HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nContent-Type: text/plain; charset=UTF-8\r\n"
                                           "Content-Length: 6\r\ncache-control: no-store\r\n\r\n4hello");
}

TEST_F(polling, ManyPacketsTravelTogether) {
  EXPECT_EQ(client.post(payload("4one", "4two", "bAAEC", "4\xe2\x82\xac")).body, "ok");
  EXPECT_EQ(client.get(), payload("4one", "4two", "bAAEC", "4\xe2\x82\xac"));
}

TEST_F(polling, AGetWaitsUntilThereIsSomething) {
  auto waiting = client.park();
  EXPECT_EQ(client.post("4hello").body, "ok");
  EXPECT_EQ(waiting.read_answer().body, "4hello");
}

TEST_F(polling, NothingIsLostBetweenTwoGets) {
  auto http = server.client();
  auto told = 0, heard = 0;
  while (heard < 300) {
    for (auto burst = told % 7; burst >= 0; --burst)
      server.on_thread([&](auto& app) { app.tell_all(std::to_string(told++)); });
    auto body = http.ask(client.request("GET", "")).body + '\x1e';
    for (; !body.empty(); body.erase(0, body.find('\x1e') + 1))
      ASSERT_EQ(body.substr(0, body.find('\x1e')), "4" + std::to_string(heard++));
  }
}

TEST_F(polling, EveryThreadServesEverySession) {
  echo_server wide{[](settings& s) { s.network.threads = 3; }};
  std::vector<poller> clients;
  for (auto i = 0; i < 4; ++i)
    clients.emplace_back(wide);
  for (auto round = 0; round < 5; ++round)
    for (auto& one : clients) {
      auto said = fmt::format("4{} {}", one.sid, round);
      ASSERT_EQ(one.post(said).body, "ok");
      ASSERT_EQ(one.get(), said);
    }
  for (auto i = 0; i < 3; ++i) {
    auto waiting = clients[0].park();
    EXPECT_EQ(clients[0].post("4hello").body, "ok");
    EXPECT_EQ(waiting.read_answer().body, "4hello");
    auto socket = clients[static_cast<size_t>(i + 1)].probed();
    socket.say("5");
    EXPECT_EQ(socket.answer_to("4hello"), "text 4hello");
  }
}

TEST_F(polling, IsWritableWhileAGetWaitsForSomething) {
  std::string found;
  auto look = [&] { server.on_thread([&](auto& app) { found = app.writable_around("hello"); }); };
  look();
  EXPECT_EQ(found, "no, no") << "nobody waits";
  EXPECT_EQ(client.get(), "4hello");
  auto waiting = client.park();
  look();
  EXPECT_EQ(found, "yes, no") << "the answer is full";
  EXPECT_EQ(waiting.read_answer().body, "4hello");
}

// -- refusals -----------------------------------------------------------------

TEST_F(polling, RefusalsFollowTheTableOfTheProtocol) {
  struct {
    const char* what;
    std::string method, query;
    unsigned status;
    std::string_view body;
  } rows[] = {
    {"no transport", "GET", "EIO=4", 400, unknown_transport},
    {"an unknown one", "GET", "EIO=4&transport=nope", 400, unknown_transport},
    {"a name that objects inherit", "GET", "EIO=4&transport=__proto__", 400, unknown_transport},
    {"another such name", "GET", "EIO=4&transport=constructor", 400, unknown_transport},
    {"the transport comes before the session", "GET", "EIO=4&transport=nope&sid=x", 400, unknown_transport},
    {"an unknown session", "GET", "EIO=4&transport=polling&sid=unknown", 400, unknown_sid},
    {"one that could be ours", "GET", "EIO=4&transport=polling&sid=AAAAAAAAAAAAAAAAAAAA", 400, unknown_sid},
    {"a session like __proto__", "GET", "EIO=4&transport=polling&sid=__proto__", 400, unknown_sid},
    {"a session like constructor", "GET", "EIO=4&transport=polling&sid=constructor", 400, unknown_sid},
    {"a session of NUL", "GET", "EIO=4&transport=polling&sid=%00", 400, unknown_sid},
    {"a session of 4 KiB", "GET", "EIO=4&transport=polling&sid=" + std::string(4096, 'A'), 400, unknown_sid},
    {"an unknown session with a POST", "POST", "EIO=4&transport=polling&sid=unknown", 400, unknown_sid},
    {"an unknown session with another method", "PUT", "EIO=4&transport=polling&sid=unknown", 400, unknown_sid},
    {"a POST without a session", "POST", "EIO=4&transport=polling", 400, bad_method},
    {"an OPTIONS without CORS", "OPTIONS", "EIO=4&transport=polling", 400, bad_method},
    {"a websocket by a plain GET", "GET", "EIO=4&transport=websocket", 400, bad_request},
    {"the session on another transport", "GET", "EIO=4&transport=websocket&sid=" + client.sid, 400, bad_request},
    {"no revision", "GET", "transport=polling", 400, unsupported_revision},
    {"revision 3", "GET", "EIO=3&transport=polling", 400, unsupported_revision},
    {"another revision than the session's", "GET", "EIO=3&transport=polling&sid=" + client.sid, 400, bad_request},
    {"a PUT of the session", "PUT", "EIO=4&transport=polling&sid=" + client.sid, 500, ""},
    {"a DELETE of the session", "DELETE", "EIO=4&transport=polling&sid=" + client.sid, 500, ""},
  };
  for (const auto& row : rows) {
    auto answer = server.client().ask(fmt::format("{} /socket.io/?{} HTTP/1.1\r\nHost: a\r\n\r\n", row.method, row.query));
    EXPECT_EQ(answer.status, row.status) << row.what;
    EXPECT_EQ(answer.body, row.body) << row.what;
    EXPECT_EQ(answer.has("Content-Type: application/json"), !row.body.empty()) << row.what;
  }
  client.post("4alive");
  EXPECT_EQ(client.get(), "4alive") << "none of them hurt the session";
}

void expect_refused(const http_answer& answer) {
  EXPECT_EQ(answer.status, 400u);
  EXPECT_EQ(answer.body, "");
}

TEST_F(polling, ASecondGetAtATimeEndsTheSession) {
  auto first = client.park();
  expect_refused(client.ask("GET", ""));
  auto answer = first.read_answer();
  EXPECT_EQ(answer.status, 200u);
  EXPECT_EQ(answer.body, "1");
  EXPECT_EQ(client.why_it_ended(), "transport error");
}

TEST_F(polling, ASecondPostAtATimeEndsTheSession) {
  auto first = client.park("POST", "4pause");
  expect_refused(client.post("4hello"));
  EXPECT_EQ(client.why_it_ended(), "transport error");
}

TEST_F(polling, APostWaitsWhileTheSessionPauses) {
  auto first = client.park("POST", "4pause");
  EXPECT_EQ(server.echo("others do not wait"), "text 4others do not wait");
  server.on_thread([](auto& app) { app.resume(); });
  EXPECT_EQ(first.read_answer().body, "ok");
  EXPECT_EQ(client.post("4hello").body, "ok");
  EXPECT_EQ(client.get(), "4hello");
}

TEST_F(polling, WhatIsBehindAPauseInAPostWaitsForItsEnd) {
  auto first = client.park("POST", payload("4one", "4pause", "4two", "4pause", "bAAEC"));
  EXPECT_EQ(client.get(), "4one");
  server.on_thread([](auto& app) { app.resume(); });
  EXPECT_EQ(client.get(), "4two");
  server.on_thread([](auto& app) { app.resume(); });
  EXPECT_EQ(first.read_answer().body, "ok");
  EXPECT_EQ(client.get(), "bAAEC");
}

TEST_F(polling, APostWhoseSessionEndsInAPauseIsAnswered) {
  auto first = client.park("POST", payload("4pause", "4never"));
  auto second = client.post("4hello");
  EXPECT_EQ(second.status, 400u);
  EXPECT_EQ(first.read_answer().body, "ok");
  EXPECT_EQ(server.log.next_close(), "transport error");
}

TEST_F(polling, APauseThatEndsWithinItsMessageIsNone) {
  EXPECT_EQ(client.post(payload("4blink", "4one")).body, "ok");
  EXPECT_EQ(client.get(), "4one");
}

TEST_F(polling, APostOfBytesEndsTheSession) {
  auto before = open_descriptors();
  for (auto i = 0; i < 20; ++i) {
    auto one = poller{server};
    auto answer = one.ask("POST", "\x01\x02\x03", "Content-Type: application/octet-stream\r\n");
    expect_refused(answer);
    EXPECT_EQ(one.why_it_ended(), "transport error");
  }
  EXPECT_TRUE(server.await_descriptors(before));
}

TEST_F(polling, ABodyThatIsTooLargeIsRefusedAndTheSessionLives) {
  auto answer = client.post("4" + std::string(1'000'000, 'x'));
  EXPECT_EQ(answer.whole(), "HTTP/1.1 413 Payload Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(client.post("4" + std::string(999'999, 'x')).body, "ok");
  EXPECT_EQ(client.get().size(), 1'000'000u);
}

TEST_F(polling, APacketThatCannotBeReadEndsTheSession) {
  for (const auto& body : {"7"s, ""s, payload("4one", ""), payload("4one", "", "4two"), "b!!"s, "x"s, "\xff"s}) {
    auto one = poller{server};
    auto answer = one.post(body);
    EXPECT_EQ(answer.status, 200u) << body;
    EXPECT_EQ(answer.body, "ok") << body;
    EXPECT_EQ(one.why_it_ended(), "parse error") << body;
  }
}

TEST_F(polling, AHeartbeatInTheWrongDirectionEndsTheSession) {
  EXPECT_EQ(client.post("2").body, "ok");
  EXPECT_EQ(client.why_it_ended(), "transport error");
}

TEST_F(polling, AManyTimesRepeatedPacketIsBounded) {
  std::string body;
  for (auto i = 0; i < 300'000; ++i)
    body += "4\x1e";
  auto start = steady_clock::now();
  EXPECT_EQ(client.post(body).status, 200u);
  EXPECT_EQ(server.log.next_close(), "parse error");
  EXPECT_LT(steady_clock::now() - start, 2s);
}

} // namespace
} // namespace stentor
