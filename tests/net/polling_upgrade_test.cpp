// From polling to a WebSocket.

#include "poller.hpp"

namespace stentor {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using websocket::text;

TEST_F(polling, AWebsocketTakesOver) {
  auto waiting = client.park();
  auto socket = client.probed();
  EXPECT_EQ(waiting.read_answer().body, "6") << "so that the client can pause";
  EXPECT_EQ(client.get(), "6") << "and any other, too";
  socket.say("5");
  EXPECT_EQ(socket.answer_to("4hello"), "text 4hello");
  EXPECT_EQ(client.ask("GET", "").body, bad_request);
  EXPECT_EQ(client.post("4ghost").body, bad_request);
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
