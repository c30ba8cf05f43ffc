#include "echo_server.hpp"
#include "poller.hpp"

#include <gmock/gmock.h>

namespace stentor {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;
using std::chrono::steady_clock;
using testing::MatchesRegex;
using websocket::text;

struct polling : testing::Test {
  echo_server server;
  poller client{server};
};

constexpr auto unknown_sid = R"({"code":1,"message":"Session ID unknown"})";

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

// -- refusals -----------------------------------------------------------------

TEST_F(polling, RefusalsFollowTheTableOfTheProtocol) {
  struct {
    const char* what;
    std::string method, query;
    unsigned status;
    std::string body;
  } rows[] = {
    {"no transport", "GET", "EIO=4", 400, R"({"code":0,"message":"Transport unknown"})"},
    {"an unknown one", "GET", "EIO=4&transport=nope", 400, R"({"code":0,"message":"Transport unknown"})"},
    {"a name that objects inherit", "GET", "EIO=4&transport=__proto__", 400, R"({"code":0,"message":"Transport unknown"})"},
    {"another such name", "GET", "EIO=4&transport=constructor", 400, R"({"code":0,"message":"Transport unknown"})"},
    {"the transport comes before the session", "GET", "EIO=4&transport=nope&sid=x", 400, R"({"code":0,"message":"Transport unknown"})"},
    {"an unknown session", "GET", "EIO=4&transport=polling&sid=unknown", 400, unknown_sid},
    {"one that could be ours", "GET", "EIO=4&transport=polling&sid=AAAAAAAAAAAAAAAAAAAA", 400, unknown_sid},
    {"a session like __proto__", "GET", "EIO=4&transport=polling&sid=__proto__", 400, unknown_sid},
    {"a session like constructor", "GET", "EIO=4&transport=polling&sid=constructor", 400, unknown_sid},
    {"a session of NUL", "GET", "EIO=4&transport=polling&sid=%00", 400, unknown_sid},
    {"a session of 4 KiB", "GET", "EIO=4&transport=polling&sid=" + std::string(4096, 'A'), 400, unknown_sid},
    {"an unknown session with a POST", "POST", "EIO=4&transport=polling&sid=unknown", 400, unknown_sid},
    {"an unknown session with another method", "PUT", "EIO=4&transport=polling&sid=unknown", 400, unknown_sid},
    {"a POST without a session", "POST", "EIO=4&transport=polling", 400, R"({"code":2,"message":"Bad handshake method"})"},
    {"an OPTIONS without CORS", "OPTIONS", "EIO=4&transport=polling", 400, R"({"code":2,"message":"Bad handshake method"})"},
    {"a websocket by a plain GET", "GET", "EIO=4&transport=websocket", 400, R"({"code":3,"message":"Bad request"})"},
    {"the session on another transport", "GET", "EIO=4&transport=websocket&sid=" + client.sid, 400,
     R"({"code":3,"message":"Bad request"})"},
    {"no revision", "GET", "transport=polling", 400, R"({"code":5,"message":"Unsupported protocol version"})"},
    {"revision 3", "GET", "EIO=3&transport=polling", 400, R"({"code":5,"message":"Unsupported protocol version"})"},
    {"another revision than the session's", "GET", "EIO=3&transport=polling&sid=" + client.sid, 400,
     R"({"code":3,"message":"Bad request"})"},
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

TEST_F(polling, ASecondGetAtATimeEndsTheSession) {
  auto first = client.park();
  auto second = client.ask("GET", "");
  EXPECT_EQ(second.status, 400u);
  EXPECT_EQ(second.body, "");
  auto answer = first.read_answer();
  EXPECT_EQ(answer.status, 200u);
  EXPECT_EQ(answer.body, "1");
  EXPECT_EQ(client.why_it_ended(), "transport error");
}

TEST_F(polling, ASecondPostAtATimeEndsTheSession) {
  auto first = server.client();
  first.send(client.request("POST", "4pause"));
  client.sync();
  auto second = client.post("4hello");
  EXPECT_EQ(second.status, 400u);
  EXPECT_EQ(second.body, "");
  EXPECT_EQ(client.why_it_ended(), "transport error");
}

TEST_F(polling, APostWaitsWhileTheSessionPauses) {
  auto first = server.client();
  first.send(client.request("POST", "4pause"));
  EXPECT_EQ(server.echo("others do not wait"), "text 4others do not wait");
  server.on_thread([](auto& app) { app.resume(); });
  EXPECT_EQ(first.read_answer().body, "ok");
  EXPECT_EQ(client.post("4hello").body, "ok");
  EXPECT_EQ(client.get(), "4hello");
}

TEST_F(polling, WhatIsBehindAPauseInAPostWaitsForItsEnd) {
  auto first = server.client();
  first.send(client.request("POST", payload("4one", "4pause", "4two", "4pause", "bAAEC")));
  client.sync();
  EXPECT_EQ(client.get(), "4one");
  server.on_thread([](auto& app) { app.resume(); });
  EXPECT_EQ(client.get(), "4two");
  server.on_thread([](auto& app) { app.resume(); });
  EXPECT_EQ(first.read_answer().body, "ok");
  EXPECT_EQ(client.get(), "bAAEC");
}

TEST_F(polling, APostWhoseSessionEndsInAPauseIsAnswered) {
  auto first = server.client();
  first.send(client.request("POST", payload("4pause", "4never")));
  client.sync();
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
    auto http = server.client();
    auto answer = http.ask(one.request("POST", "\x01\x02\x03", "Content-Type: application/octet-stream\r\n"));
    EXPECT_EQ(answer.status, 400u);
    EXPECT_EQ(answer.body, "");
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

// -- its end ------------------------------------------------------------------

TEST_F(polling, ThePeersCloseLetsItsGetGo) {
  auto waiting = client.park();
  EXPECT_EQ(client.post("1").body, "ok");
  EXPECT_EQ(waiting.read_answer().body, "6");
  EXPECT_EQ(client.why_it_ended(), "transport close");
}

TEST_F(polling, TheServersCloseIsFetched) {
  auto waiting = client.park();
  client.post("4close");
  EXPECT_EQ(waiting.read_answer().body, "1");
  EXPECT_EQ(client.why_it_ended(), "forced close");
}

TEST_F(polling, TheServersCloseComesBehindWhatWasSentBefore) {
  client.post(payload("4one", "4close", "4two"));
  EXPECT_EQ(client.get(), payload("4one", "1"));
  EXPECT_FALSE(client.is_known());
}

TEST_F(polling, AHangUpOfTheGetThatWaitsEndsTheSession) {
  for (auto hang_up : {&raw_client::hang_up, &raw_client::reset}) {
    auto one = poller{server};
    auto waiting = one.park();
    (waiting.*hang_up)();
    EXPECT_EQ(one.why_it_ended(), "transport close");
  }
}

TEST_F(polling, AHangUpBetweenTwoGetsIsNothing) {
  for (auto i = 0; i < 10; ++i) {
    client.post("4hello");
    EXPECT_EQ(client.get(), "4hello");
  }
}

TEST_F(polling, AClientThatNeverFetchesIsDroppedAtItsBudget) {
  echo_server tight{[](settings& s) { s.network.outbox_bytes_max = 100'000; }};
  auto lazy = poller{tight};
  for (auto i = 0; i < 20; ++i)
    tight.on_thread([](auto& app) { app.tell_all(std::string(10'000, 'x')); });
  EXPECT_EQ(lazy.why_it_ended(), "transport close");
}

struct polling_with_a_heartbeat : testing::Test {
  echo_server server{with_quick_pings};
};

TEST_F(polling_with_a_heartbeat, AClientThatAnswersStays) {
  auto start = steady_clock::now();
  auto client = poller{server};
  for (auto i = 1; i <= 5; ++i) {
    ASSERT_EQ(client.get(), "2");
    ASSERT_GE(steady_clock::now() - start, i * 50ms);
    ASSERT_EQ(client.post("3").body, "ok");
  }
}

TEST_F(polling_with_a_heartbeat, AClientThatDoesNotIsGoneAfterIntervalAndTimeout) {
  auto start = steady_clock::now();
  auto client = poller{server};
  EXPECT_EQ(server.log.next_close(), "ping timeout");
  EXPECT_GE(steady_clock::now() - start, 100ms);
  EXPECT_LT(steady_clock::now() - start, 3s);
  EXPECT_FALSE(client.is_known());
}

TEST_F(polling_with_a_heartbeat, AGetThatWaitsIsToldThatItsTimeIsOver) {
  auto client = poller{server};
  EXPECT_EQ(client.get(), "2");
  EXPECT_EQ(client.get(), "1");
  EXPECT_FALSE(client.is_known());
}

struct polling_until_its_deadline : polling_with_a_heartbeat {
  poller client{server};
  raw_client http = server.client();

  /// The answer to a request that comes when the pong's deadline is over and the timer has not come to it yet.
  http_answer ask_too_late(std::string_view method, std::string_view body) {
    EXPECT_EQ(http.ask(client.request("GET", "")).body, "2");
    server.on_thread([&](auto&) {
      http.send(client.request(method, body));
      for (auto end = steady_clock::now() + 60ms; steady_clock::now() < end;)
        ;
    });
    return http.read_answer();
  }
};

TEST_F(polling_until_its_deadline, AGetThatComesTooLateFindsNoSession) {
  auto answer = ask_too_late("GET", "");
  EXPECT_EQ(answer.status, 400u);
  EXPECT_EQ(answer.body, unknown_sid);
  EXPECT_EQ(server.log.next_close(), "ping timeout");
}

TEST_F(polling_until_its_deadline, APongThatComesTooLateFindsNoSession) {
  auto answer = ask_too_late("POST", "3");
  EXPECT_EQ(answer.status, 400u);
  EXPECT_EQ(answer.body, unknown_sid);
  EXPECT_EQ(server.log.next_close(), "ping timeout");
}

// -- what is sent only if it leaves at once -----------------------------------

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

// -- the upgrade --------------------------------------------------------------

TEST_F(polling, AWebsocketTakesOver) {
  auto waiting = client.park();
  auto socket = client.probed();
  EXPECT_EQ(waiting.read_answer().body, "6") << "so that the client can pause";
  EXPECT_EQ(client.get(), "6") << "and any other, too";
  socket.say("5");
  EXPECT_EQ(socket.answer_to("4hello"), "text 4hello");
  EXPECT_EQ(client.ask("GET", "").body, R"({"code":3,"message":"Bad request"})");
  EXPECT_EQ(client.post("4ghost").body, R"({"code":3,"message":"Bad request"})");
  EXPECT_EQ(socket.answer_to("4still here"), "text 4still here");
}

TEST_F(polling, AProbeMayComeInTheSegmentOfTheRequest) {
  auto socket = server.client();
  socket.send(upgrade_request("EIO=4&transport=websocket&sid=" + client.sid) + text("2probe") + text("5") + text("4hello"));
  EXPECT_EQ(socket.read_answer().status, 101u);
  EXPECT_EQ(socket.hear(), "text 3probe");
  EXPECT_EQ(socket.hear(), "text 4hello");
}

TEST_F(polling, MessagesKeepTheirOrderOverAnUpgrade) {
  auto socket = client.candidate();
  client.post("4one");
  EXPECT_EQ(socket.answer_to("2probe"), "text 3probe");
  client.post("4two");
  EXPECT_EQ(client.get(), payload("4one", "4two"));
  client.post("4three");
  socket.say("5");
  socket.say("4four");
  EXPECT_EQ(socket.hear(), "text 4three");
  EXPECT_EQ(socket.hear(), "text 4four");
}

TEST_F(polling, WhatIsNoProbeEndsTheWebsocketAndTheSessionLives) {
  for (auto first : {"5", "4hello", "3probe", "2", "", "1"}) {
    auto socket = client.candidate();
    socket.say(first);
    socket.read_to_end();
    EXPECT_EQ(client.post("4alive").body, "ok") << first;
    EXPECT_EQ(client.get(), "4alive") << first;
  }
}

TEST_F(polling, AProbeThatHangsUpChangesNothing) {
  client.probed().hang_up();
  auto again = client.candidate();
  again.say("2probe");
  for (auto end = steady_clock::now() + patience; again.hear() != "text 3probe"; again.say("2probe")) {
    ASSERT_LT(steady_clock::now(), end) << "the server does not see that the first is gone";
    again = client.candidate();
  }
  again.say("5");
  EXPECT_EQ(again.answer_to("4hello"), "text 4hello");
}

TEST_F(polling, ASecondWebsocketIsClosed) {
  auto first = client.probed();
  EXPECT_TRUE(client.candidate().at_end()) << "while the first is on trial";
  first.say("5");
  EXPECT_EQ(first.answer_to("4hello"), "text 4hello");
  auto late = server.client();
  late.send(upgrade_request("EIO=4&transport=websocket&sid=" + client.sid));
  late.read_to_end();
  EXPECT_EQ(first.answer_to("4hello"), "text 4hello") << "and behind it";
}

TEST_F(polling, AnUpgradeMustHaveTheRevisionOfItsSession) {
  for (auto eio : {"EIO=3&", "", "EIO=5&"}) {
    auto answer = server.client().ask(upgrade_request(eio + fmt::format("transport=websocket&sid={}", client.sid)));
    EXPECT_EQ(answer.status, 400u) << eio;
    EXPECT_EQ(answer.body, "Bad request") << eio;
  }
  client.post("4alive");
  EXPECT_EQ(client.get(), "4alive");
}

TEST(PollingTime, AWebsocketThatDoesNotProbeIsClosedAndTheSessionLives) {
  echo_server server{[](settings& s) { s.socketio.upgrade_timeout_ms = 50; }};
  auto client = poller{server};
  auto start = steady_clock::now();
  auto silent = client.candidate();
  EXPECT_TRUE(silent.at_end());
  EXPECT_GE(steady_clock::now() - start, 50ms);
  auto half = client.probed();
  EXPECT_TRUE(half.at_end()) << "without a 5 it is not over";
  client.post("4alive");
  EXPECT_EQ(client.get(), "4alive");
}

} // namespace
} // namespace stentor
