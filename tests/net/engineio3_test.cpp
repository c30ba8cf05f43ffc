#include "poller.hpp"

#include <gmock/gmock.h>

namespace stentor {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;
using std::chrono::steady_clock;
using testing::MatchesRegex;
using testing::StartsWith;
using websocket::frame;

std::string socket_request(std::string_view more = {}, std::string_view eio = "EIO=3") {
  return upgrade_request(fmt::format("{}&transport=websocket{}", eio, more));
}

constexpr auto bytes_type = "Content-Type: application/octet-stream\r\n";

struct engineio3 : testing::Test {
  echo_server server{with_eio3};

  raw_client websocket(std::string_view more = {}) {
    auto made = server.client();
    EXPECT_THAT(made.open(socket_request(more)), StartsWith("text 0{\"sid\":"));
    return made;
  }
};

// -- the handshake ------------------------------------------------------------

TEST_F(engineio3, IsRefusedUnlessItIsAllowed) {
  echo_server strict;
  auto answer = strict.client().ask("GET /socket.io/?EIO=3&transport=polling HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(answer.status, 400u);
  EXPECT_EQ(answer.body, unsupported_revision);
  EXPECT_EQ(strict.client().ask(socket_request()).body, "Unsupported protocol version");
}

TEST_F(engineio3, OpensOverPolling) {
  for (auto eio : {"EIO=3", "EIO=2", "x=y"}) {
    auto client = poller{server, eio};
    EXPECT_THAT(client.hello.body,
                MatchesRegex(R"(118:0\{"sid":"[A-Za-z0-9_-]{20}","upgrades":\["websocket"\],"pingInterval":25000,"pingTimeout":20000,)"
                             R"("maxPayload":1000000\})"))
      << eio;
    EXPECT_TRUE(client.hello.has("Content-Type: text/plain; charset=UTF-8"));
  }
}

TEST_F(engineio3, OpensOverAWebsocket) {
  auto client = server.client();
  EXPECT_THAT(client.open(socket_request()), MatchesRegex(R"(text 0\{"sid":"[A-Za-z0-9_-]{20}","upgrades":\[\],.*\})"));
}

TEST_F(engineio3, Revision4IsSpokenBesideIt) {
  auto old = websocket();
  auto young = server.websocket();
  auto polls = poller{server};
  auto old_polls = poller{server, "EIO=3"};
  EXPECT_EQ(old.answer_to("4all:hello"), "text 4hello");
  EXPECT_EQ(young.hear(), "text 4hello");
  EXPECT_EQ(polls.get(), "4hello");
  EXPECT_EQ(old_polls.get(), "6:4hello");
}

// -- messages -----------------------------------------------------------------

TEST_F(engineio3, APostBringsAndAGetFetches) {
  auto client = poller{server, "EIO=3"};
  EXPECT_EQ(client.post("6:4hello5:4é😀x").body, "ok");
  EXPECT_EQ(client.get(), "6:4hello5:4é😀x");
  auto waiting = client.park();
  EXPECT_EQ(client.post("4:4one").body, "ok");
  EXPECT_EQ(waiting.read_answer().body, "4:4one");
}

TEST_F(engineio3, BinaryMessagesArePolledAsBase64ByThoseWhoSaySo) {
  auto client = poller{server, "EIO=3&b64=1"};
  client.post("6:4hello10:b4AQIDBA==");
  auto answer = client.ask("GET", "");
  EXPECT_EQ(answer.body, "6:4hello10:b4AQIDBA==");
  EXPECT_TRUE(answer.has("Content-Type: text/plain; charset=UTF-8"));
}

TEST_F(engineio3, BinaryMessagesArePolledAsBytesByAllOthers) {
  const auto body = "\0\6\xff"s + "4hello" + "\1\5\xff\4\1\2\3\4";
  auto client = poller{server, "EIO=3"};
  EXPECT_EQ(client.ask("POST", body, bytes_type).body, "ok");
  auto answer = client.ask("GET", "");
  EXPECT_EQ(answer.body, body);
  EXPECT_TRUE(answer.has("Content-Type: application/octet-stream"));
  EXPECT_EQ(client.ask("POST", "\0\6\xff"s + "4hello", bytes_type).body, "ok");
  EXPECT_EQ(client.get(), "6:4hello") << "without a binary message it is text";
}

TEST_F(engineio3, BinaryFramesBeginWithAFour) {
  auto client = websocket();
  client.send(frame(0x82, "\4\0\xff"s));
  EXPECT_EQ(client.hear(), "binary \4\0\xff"s);
  EXPECT_EQ(client.answer_to("b4AQID"), "binary \4\1\2\3");
}

TEST_F(engineio3, AWebsocketThatTakesTextOnlyGetsBase64) {
  auto client = websocket("&b64=1");
  client.send(frame(0x82, "\4\1\2\3"s));
  EXPECT_EQ(client.hear(), "text b4AQID");
  auto young = server.client();
  young.open(socket_request("&b64=1", "EIO=4"));
  young.send(frame(0x82, "\1\2\3"));
  EXPECT_EQ(young.hear(), "text bAQID");
}

TEST_F(engineio3, WhatCannotBeReadEndsTheSession) {
  for (const auto& body : {"abc"s, ""s, "6:4hell"s, "1:7"s, "9:bAQIDBA=="s, "4hello"s}) {
    auto client = poller{server, "EIO=3"};
    EXPECT_EQ(client.post(body).body, "ok") << body;
    EXPECT_EQ(client.why_it_ended(), "parse error") << body;
  }
  for (const auto& body : {"\1\5\xff\4\1\2"s, "\0\x09\x09\x09\x09\x09\x09\x09\x09\x09\x09\xff"s, "6:4hello"s, ""s}) {
    auto client = poller{server, "EIO=3"};
    EXPECT_EQ(client.ask("POST", body, bytes_type).body, "ok");
    EXPECT_EQ(client.why_it_ended(), "parse error");
  }
  for (const auto& bytes : {frame(0x81, "abc"), frame(0x81, "bAQID"), frame(0x82, ""), frame(0x82, "\2"), frame(0x82, "\xff")}) {
    auto client = websocket();
    client.send(bytes);
    EXPECT_EQ(client.hear(), "close");
    EXPECT_EQ(server.log.next_close(), "parse error");
  }
}

TEST_F(engineio3, APolledGoodbyeIsAPayload) {
  auto client = poller{server, "EIO=3"};
  auto waiting = client.park();
  EXPECT_EQ(client.post("1:1").body, "ok");
  EXPECT_EQ(waiting.read_answer().body, "1:6");
  auto other = poller{server, "EIO=3"};
  waiting = other.park();
  EXPECT_EQ(other.post("6:4close").body, "ok");
  EXPECT_EQ(waiting.read_answer().body, "1:1");
}

// -- the heartbeat ------------------------------------------------------------

TEST_F(engineio3, ThePingIsTheClients) {
  auto client = websocket();
  for (auto ping : {"2", "2probe"})
    EXPECT_EQ(client.answer_to(ping), "text 3");
  auto polls = poller{server, "EIO=3"};
  polls.post("1:2");
  EXPECT_EQ(polls.get(), "1:3");
}

TEST_F(engineio3, APongOfTheClientEndsIt) {
  auto client = websocket();
  EXPECT_EQ(client.answer_to("3"), "close");
  EXPECT_EQ(server.log.next_close(), "transport error");
}

struct engineio3_with_a_heartbeat : testing::Test {
  static void quick(settings& s) {
    with_eio3(s);
    s.socketio.ping_interval_ms = s.socketio.ping_timeout_ms = 60;
    s.socketio.connect_timeout_ms = 100;
  }
  echo_server server{quick};
};

TEST_F(engineio3_with_a_heartbeat, AClientThatPingsStaysAndIsNotPinged) {
  auto client = server.client();
  client.open(socket_request());
  client.say("4keep");
  for (auto start = steady_clock::now(); steady_clock::now() < start + 400ms;)
    ASSERT_EQ(client.answer_to("2"), "text 3");
  EXPECT_EQ(client.answer_to("4hello"), "text 4hello");
}

TEST_F(engineio3_with_a_heartbeat, SilenceEndsItAfterIntervalAndTimeout) {
  auto client = server.client();
  client.send(socket_request());
  client.read_answer();
  auto start = steady_clock::now();
  client.say("4keep");
  client.hear();
  EXPECT_EQ(client.hear(), "close");
  EXPECT_GE(steady_clock::now() - start, 120ms);
  EXPECT_EQ(server.log.next_close(), "ping timeout");
}

TEST_F(engineio3_with_a_heartbeat, WhoeverIsNotReadIsNotSilent) {
  auto client = poller{server, "EIO=3"};
  client.post("5:4keep");
  auto waiting = server.client();
  waiting.send(client.request("POST", "6:4pause"));
  client.sync();
  server.on_thread([](auto& app) {
    for (auto end = steady_clock::now() + 130ms; steady_clock::now() < end;)
      ;
    app.resume();
  });
  EXPECT_EQ(waiting.read_answer().body, "ok");
  EXPECT_EQ(client.post("6:4hello").body, "ok");
  EXPECT_EQ(client.get(), "6:4hello");
}

TEST_F(engineio3_with_a_heartbeat, WhoJoinsNothingIsClosedBefore) {
  auto client = server.client();
  client.open(socket_request());
  EXPECT_EQ(client.hear(), "close");
  EXPECT_EQ(server.log.next_close(), "forced close");
}

// -- the upgrade --------------------------------------------------------------

TEST_F(engineio3, AWebsocketTakesOver) {
  auto client = poller{server, "EIO=3&b64=1"};
  auto waiting = client.park();
  auto socket = server.client();
  ASSERT_EQ(socket.ask(socket_request("&sid=" + client.sid)).status, 101u);
  EXPECT_EQ(socket.answer_to("2probe"), "text 3probe");
  EXPECT_EQ(waiting.read_answer().body, "1:6");
  EXPECT_EQ(client.get(), "1:6");
  socket.say("5");
  EXPECT_EQ(socket.answer_to("4hello"), "text 4hello");
  EXPECT_EQ(client.ask("GET", "").body, bad_request);
  socket.send(frame(0x82, "\4\1\2\3"));
  EXPECT_EQ(socket.hear(), "binary \4\1\2\3") << "it did not say b64";
}

TEST_F(engineio3, ARequestMustHaveTheRevisionOfItsSession) {
  auto old = poller{server, "EIO=3"};
  auto young = poller{server};
  auto ask = [&](std::string_view eio, const poller& session) {
    return server.client().ask(fmt::format("GET /socket.io/?{}transport=polling&sid={} HTTP/1.1\r\nHost: a\r\n\r\n", eio, session.sid));
  };
  EXPECT_EQ(ask("EIO=4&", old).body, bad_request);
  EXPECT_EQ(ask("EIO=3&", young).body, bad_request);
  EXPECT_EQ(ask("", young).body, bad_request);
  EXPECT_EQ(server.client().ask(socket_request("&sid=" + old.sid, "EIO=4")).body, "Bad request");
  EXPECT_EQ(server.client().ask(socket_request("&sid=" + young.sid, "EIO=3")).body, "Bad request");
  old.post("6:4alive");
  EXPECT_EQ(old.get(), "6:4alive");
  young.post("4alive");
  EXPECT_EQ(young.get(), "4alive");
}

} // namespace
} // namespace stentor
