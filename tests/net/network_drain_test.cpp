#include "poller.hpp"

namespace stentor {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using websocket::frame;
using websocket::text;

/// Drains that end because all is done, not because of time: a test has failed long before the deadline.
void patient(settings& s) {
  s.server.drain_timeout_ms = std::chrono::milliseconds{patience + 5s}.count();
  s.network.close_timeout_ms = 600'000;
}

bool is_ready(std::future<void>& done) {
  return done.wait_for(0s) == std::future_status::ready;
}

struct network_that_drains : testing::Test {
  echo_server server{patient};
  std::future<void> done;

  void expect_drained() { EXPECT_EQ(done.wait_for(patience), std::future_status::ready); }
};

TEST_F(network_that_drains, HasDrainedAtOnceIfNobodyIsThere) {
  done = server.begin_drain();
  expect_drained();
}

TEST_F(network_that_drains, SaysGoodbyeWithoutACodeAndWaitsForTheAnswers) {
  std::vector<raw_client> clients;
  for (auto i = 0; i < 3; ++i)
    clients.push_back(server.websocket());
  done = server.begin_drain();
  for (auto& one : clients) {
    EXPECT_FALSE(is_ready(done));
    EXPECT_EQ(one.hear(), "close");
    one.send(frame(0x88));
    EXPECT_TRUE(one.at_end());
  }
  expect_drained();
  for (auto i = 0; i < 3; ++i)
    EXPECT_EQ(server.log.next_close(), "server shutting down");
}

TEST_F(network_that_drains, WhatIsOnItsWayArrivesBeforeTheGoodbye) {
  auto client = server.websocket();
  server.on_thread([](auto& app) { app.tell_all("news"); });
  done = server.begin_drain();
  EXPECT_EQ(client.hear(), "text 4news");
  EXPECT_EQ(client.hear(), "close");
  client.hang_up();
  expect_drained();
}

TEST_F(network_that_drains, NobodyIsLetIn) {
  auto stays = server.websocket();
  done = server.begin_drain();
  EXPECT_THROW(server.client(), std::runtime_error);
  stays.hang_up();
  expect_drained();
}

TEST_F(network_that_drains, IdleHttpIsClosedAndWhatIsBeingAnsweredIsAnswered) {
  auto idle = server.client();
  idle.ask("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  auto half = server.client();
  half.send("GET / HTTP/1.1\r\nHo");
  auto busy = server.client();
  busy.send("GET /later HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_TRUE(server.log.await_waiting(1)) << "the others have been read before";
  done = server.begin_drain();
  EXPECT_TRUE(idle.at_end());
  EXPECT_TRUE(half.at_end());
  EXPECT_FALSE(is_ready(done));
  server.on_thread([](auto& app) { app.answer_later(); });
  auto answer = busy.read_answer();
  EXPECT_EQ(answer.body, "at last");
  EXPECT_TRUE(answer.has("Connection: close"));
  EXPECT_TRUE(busy.at_end());
  busy.hang_up();
  expect_drained();
}

TEST_F(network_that_drains, WhatIsHeldIsAnsweredBeforeTheGoodbyeAndNothingNewIsTakenIn) {
  auto client = server.websocket();
  client.send(text("4hold") + text("4held"));
  server.on_thread([](auto&) {});
  done = server.begin_drain();
  client.send(text("4new"));
  EXPECT_FALSE(is_ready(done));
  server.on_thread([](auto& app) { app.unhold(); });
  EXPECT_EQ(client.hear(), "text 4held");
  EXPECT_EQ(client.hear(), "text 4released");
  EXPECT_EQ(client.hear(), "close");
  client.send(frame(0x88));
  EXPECT_TRUE(client.at_end());
  expect_drained();
}

TEST_F(network_that_drains, APollThatWaitsIsToldGoodbye) {
  auto waiting = poller{server}.park();
  EXPECT_EQ(server.echo("the poll has been read"), "text 4the poll has been read");
  done = server.begin_drain();
  EXPECT_EQ(waiting.read_answer().body, "1");
  EXPECT_TRUE(waiting.at_end());
  waiting.hang_up();
  expect_drained();
}

TEST_F(network_that_drains, AClientBetweenTwoPollsIsNotWaitedFor) {
  // Nobody is let in any more, so it cannot come back.
  auto client = server.client();
  client.ask("GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: a\r\n\r\n");
  done = server.begin_drain();
  EXPECT_TRUE(client.at_end());
  client.hang_up();
  expect_drained();
}

TEST_F(network_that_drains, WhoeverAsksIsTold) {
  done = server.begin_drain();
  auto again = server.begin_drain();
  expect_drained();
  EXPECT_EQ(again.wait_for(patience), std::future_status::ready);
}

TEST(NetworkDrain, PeersThatDoNotAnswerAreDroppedAtTheTimeoutOfTheGoodbye) {
  echo_server server{[](settings& s) {
    patient(s);
    s.network.close_timeout_ms = 100;
  }};
  auto client = server.websocket();
  auto start = steady_clock::now();
  auto done = server.begin_drain();
  EXPECT_EQ(client.hear(), "close");
  EXPECT_TRUE(client.at_end());
  EXPECT_EQ(done.wait_for(patience), std::future_status::ready);
  EXPECT_GE(steady_clock::now() - start, 100ms);
}

TEST(NetworkDrain, EndsAtItsDeadlineWhateverIsLeft) {
  echo_server server{[](settings& s) {
    patient(s);
    s.server.drain_timeout_ms = 100;
  }};
  auto silent = server.websocket();
  auto busy = server.client();
  busy.send("GET /later HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_TRUE(server.log.await_waiting(1));
  auto held = server.websocket();
  held.say("4hold");
  EXPECT_EQ(held.answer_to("4held"), "text 4held");
  auto start = steady_clock::now();
  auto done = server.begin_drain();
  EXPECT_TRUE(busy.at_end());
  silent.read_to_end();
  held.read_to_end();
  EXPECT_EQ(done.wait_for(patience), std::future_status::ready);
  EXPECT_GE(steady_clock::now() - start, 100ms);
  EXPECT_LT(steady_clock::now() - start, 5s);
}

} // namespace
} // namespace stentor
