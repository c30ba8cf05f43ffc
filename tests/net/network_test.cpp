#include "base/metrics.hpp"
#include "poller.hpp"

#include <atomic>

namespace stentor {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;
using std::chrono::steady_clock;
using websocket::frame;
using websocket::text;

// -- many clients -------------------------------------------------------------

TEST(Network, AStormOfClientsIsServed) {
  echo_server server;
  std::vector<raw_client> clients;
  for (auto i = 0; i < 200; ++i) {
    clients.push_back(server.client());
    clients.back().send(upgrade_request() + text(fmt::format("4{}", i)));
  }
  for (auto i = 0u; i < clients.size(); ++i) {
    EXPECT_EQ(clients[i].read_answer().status, 101u);
    EXPECT_TRUE(clients[i].hear().starts_with("text 0{"));
    EXPECT_EQ(clients[i].hear(), fmt::format("text 4{}", i));
  }
  clients.front().say("4all:hello");
  for (auto& one : clients)
    EXPECT_EQ(one.hear(), "text 4hello");
}

TEST(Network, ManyMayComeAndGo) {
  echo_server server;
  auto stays = server.websocket();
  auto before = open_descriptors();
  for (auto i = 0; i < 200; ++i) {
    auto guest = server.websocket();
    EXPECT_EQ(guest.answer_to("4all:" + std::to_string(i)), "text 4" + std::to_string(i));
    EXPECT_EQ(stays.hear(), "text 4" + std::to_string(i));
    if (i % 3 == 0)
      guest.reset();
    else if (i % 3 == 1)
      guest.send(websocket::closing(1000));
  }
  EXPECT_TRUE(server.log.await_handlers(1));
  EXPECT_TRUE(server.await_descriptors(before));
}

TEST(Network, TheThreadsTakeClientsInTurnAndServeThemAlike) {
  echo_server server{[](settings& s) { s.network.threads = 3; }};
  std::vector<raw_client> clients;
  for (auto i = 0; i < 9; ++i)
    clients.push_back(server.websocket());
  for (auto& one : clients)
    EXPECT_EQ(one.answer_to("4hello"), "text 4hello");
  clients[0].say("4all:neighbours");
  for (auto i : {0, 3, 6})
    EXPECT_EQ(clients[i].hear(), "text 4neighbours") << "they share a thread";
}

// -- what is sent -------------------------------------------------------------

TEST(Network, WhatGoesToAllAndWhatGoesToOneArriveInOneOrder) {
  echo_server server;
  auto ada = server.websocket();
  auto bob = server.websocket();
  std::string bytes;
  for (auto i = 0; i < 300; ++i)
    bytes += text(fmt::format("4{}{}", i % 3 ? "all:" : "", i));
  ada.send(bytes);
  for (auto i = 0; i < 300; ++i)
    ASSERT_EQ(ada.hear(), fmt::format("text 4{}", i));
  for (auto i = 0; i < 300; ++i)
    if (i % 3) {
      ASSERT_EQ(bob.hear(), fmt::format("text 4{}", i));
    }
}

TEST(Network, NewsOfActorsReachTheApplication) {
  echo_server server;
  auto client = server.websocket();
  server.deliver_news({"one", "two"});
  EXPECT_EQ(client.hear(), "text 4one");
  EXPECT_EQ(client.hear(), "text 4two");
}

TEST(Network, ABurstIsDelivered) {
  // More than a flush sends in one turn, to more clients than it serves in one.
  echo_server server;
  std::vector<raw_client> clients;
  for (auto i = 0; i < 300; ++i)
    clients.push_back(server.websocket());
  const auto filler = std::string(1000, 'x');
  server.on_thread([&](auto& app) {
    for (auto i = 0; i < 20; ++i)
      app.tell_all(fmt::format("{} {}", i, filler));
  });
  for (auto& one : clients)
    for (auto i = 0; i < 20; ++i)
      ASSERT_EQ(one.hear(), fmt::format("text 4{} {}", i, filler));
}

// -- peers that do not read ---------------------------------------------------

void tight(settings& s) {
  s.network.outbox_bytes_max = 256 * 1024;
  s.network.socket_buffer_bytes = 16 * 1024;
}

TEST(NetworkBounds, ASlowReaderIsDroppedWithoutAGoodbyeAndOthersGetEverything) {
  echo_server server{tight};
  auto slow = server.slow_websocket();
  auto fast = server.websocket();
  const auto filler = std::string(8000, 'x');
  for (auto i = 0; i < 200; ++i)
    ASSERT_EQ(fast.answer_to(fmt::format("4all:{} {}", i, filler)), fmt::format("text 4{} {}", i, filler));
  EXPECT_EQ(server.log.next_close(), "transport close");
  EXPECT_TRUE(server.log.await_handlers(1));
  auto heard = 0;
  auto last = slow.hear();
  for (; last.starts_with("text "); last = slow.hear())
    EXPECT_EQ(last, fmt::format("text 4{} {}", heard++, filler));
  EXPECT_TRUE(last == "end" || last == "half a frame") << last;
  EXPECT_LT(heard, 100);
}

TEST(NetworkBounds, AReaderWhoIsSlowWithinItsBudgetGetsEverything) {
  echo_server server{tight};
  auto slow = server.slow_websocket();
  auto fast = server.websocket();
  const auto filler = std::string(8000, 'x');
  for (auto i = 0; i < 30; ++i)
    ASSERT_EQ(fast.answer_to(fmt::format("4all:{} {}", i, filler)), fmt::format("text 4{} {}", i, filler));
  for (auto i = 0; i < 30; ++i)
    ASSERT_EQ(slow.hear(), fmt::format("text 4{} {}", i, filler));
}

/// Sends that until the server hangs up; how many bytes it took.
size_t flood(raw_client& from, std::string_view bytes) {
  constexpr size_t enough = 200'000'000;
  size_t sent = 0;
  while (sent < enough && from.try_send(bytes))
    sent += bytes.size();
  return sent;
}

TEST(NetworkBounds, AFloodOfPingsFromAPeerThatNeverReadsEndsAndDisturbsNobody) {
  echo_server server{tight};
  auto other = server.websocket();
  auto flooder = server.slow_websocket();
  auto sent = std::async(std::launch::async, [&] { return flood(flooder, websocket::times(500, websocket::ping(std::string(125, 'x')))); });
  auto longest = steady_clock::duration{};
  while (sent.wait_for(0s) != std::future_status::ready) {
    auto asked = steady_clock::now();
    ASSERT_EQ(other.answer_to("4hello"), "text 4hello");
    longest = std::max(longest, steady_clock::now() - asked);
  }
  EXPECT_LT(sent.get(), 50'000'000u);
  EXPECT_LT(longest, 2s);
  EXPECT_EQ(server.log.next_close(), "transport close");
  EXPECT_TRUE(server.log.await_handlers(1));
}

TEST(NetworkBounds, AFloodOfMessagesFromAPeerThatNeverReadsEndsAndDisturbsNobody) {
  echo_server server{tight};
  auto other = server.websocket();
  auto flooder = server.slow_websocket();
  EXPECT_LT(flood(flooder, websocket::times(500, text("4" + std::string(100, 'x')))), 50'000'000u);
  EXPECT_EQ(other.answer_to("4hello"), "text 4hello");
  EXPECT_TRUE(server.log.await_handlers(1));
}

TEST(NetworkBounds, AFloodBehindAGoodbyeEndsWithItsTimeout) {
  echo_server server{[](settings& s) {
    tight(s);
    s.network.close_timeout_ms = 200;
  }};
  auto flooder = server.websocket();
  flooder.say("4close");
  flood(flooder, websocket::times(500, websocket::ping(std::string(125, 'x'))));
  EXPECT_TRUE(server.log.await_handlers(0));
  EXPECT_EQ(server.echo("alive"), "text 4alive");
}

TEST(NetworkBounds, WhatIsBehindAPauseInOneSegmentWaitsForItsEnd) {
  echo_server server;
  auto client = server.websocket();
  client.send(text("4one") + text("4pause") + text("4two") + text("4pause") + text("4blink") + text("4three") + frame(0x89, "ping"));
  EXPECT_EQ(client.hear(), "text 4one");
  for (auto next : {"text 4two", "text 4three"}) {
    server.on_thread([](auto& app) { app.tell_all("nothing else"); });
    EXPECT_EQ(client.hear(), "text 4nothing else");
    server.on_thread([](auto& app) { app.resume(); });
    EXPECT_EQ(client.hear(), next);
  }
  EXPECT_EQ(client.hear(), "pong ping");
  EXPECT_EQ(client.answer_to("4four"), "text 4four");
}

TEST(NetworkBounds, APauseAndItsEndWithinOneMessageChangeNothing) {
  echo_server server;
  auto client = server.websocket();
  client.send(text("4blink") + text("4pause") + text("4one"));
  server.on_thread([](auto& app) { app.tell_all("nothing else"); });
  EXPECT_EQ(client.hear(), "text 4nothing else");
  server.on_thread([](auto& app) { app.resume(); });
  EXPECT_EQ(client.hear(), "text 4one");
  client.send(text("4two"));
  EXPECT_EQ(client.hear(), "text 4two");
}

TEST(NetworkBounds, WhatComesWithTheHandshakeWaitsToo) {
  echo_server server;
  auto client = server.client();
  client.send(upgrade_request() + text("4pause") + text("4one"));
  EXPECT_EQ(client.read_answer().status, 101u);
  client.hear();
  server.on_thread([](auto& app) { app.tell_all("nothing else"); });
  EXPECT_EQ(client.hear(), "text 4nothing else");
  server.on_thread([](auto& app) { app.resume(); });
  EXPECT_EQ(client.hear(), "text 4one");
}

TEST(NetworkBounds, ConnectionsAreCountedOverAllThreads) {
  echo_server server{[](settings& s) {
    s.network.threads = 3;
    s.network.connections_max = 2;
  }};
  auto one = server.websocket(), two = server.websocket();
  for (auto i = 0; i < 3; ++i)
    EXPECT_EQ(server.client().ask(upgrade_request()).status, 503u);
  one.hang_up();
  EXPECT_EQ(server.log.next_close(), "transport close");
  EXPECT_EQ(server.echo("there is a place"), "text 4there is a place");
}

TEST(NetworkBounds, SoAreTcpConnectionsThatSpeakHttp) {
  echo_server server{[](settings& s) {
    s.network.threads = 2;
    s.network.http_sessions_max = 3;
  }};
  constexpr auto get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  auto socket = server.websocket(); // is none any more
  std::vector<raw_client> idle;
  for (auto i = 0; i < 3; ++i) {
    idle.push_back(server.client());
    EXPECT_EQ(idle.back().ask(get).status, 200u);
  }
  for (auto i = 0; i < 4; ++i)
    EXPECT_TRUE(server.client().at_end());
  EXPECT_EQ(idle[1].ask("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").status, 200u);
  EXPECT_TRUE(idle[1].at_end());
  idle[1].hang_up();
  EXPECT_EQ(socket.answer_to("4hello"), "text 4hello");
  EXPECT_TRUE(idle[0].ask(get).status == 200u && idle[2].ask(get).status == 200u);
}

// -- what is thrown -----------------------------------------------------------

/// A network on which something throws while a bystander looks on.
struct network_with_bugs : testing::Test {
  echo_server server;
  raw_client bystander = server.websocket();
  int64_t errors_before = metrics::total(metrics::metric::errors);

  int64_t errors() const { return metrics::total(metrics::metric::errors) - errors_before; }
  void expect_alive() {
    EXPECT_EQ(bystander.answer_to("4hello"), "text 4hello");
    EXPECT_EQ(server.echo("new"), "text 4new");
    EXPECT_EQ(errors(), 1);
  }
};

TEST_F(network_with_bugs, AHandlerOfAMessageEndsItsConnectionOnly) {
  auto client = server.websocket();
  client.say("4throw");
  EXPECT_TRUE(client.at_end());
  EXPECT_EQ(server.log.next_close(), "transport error");
  expect_alive();
}

TEST_F(network_with_bugs, SoDoesOneOfAMessageBehindTheHandshake) {
  auto client = server.client();
  client.send(upgrade_request() + text("4throw"));
  EXPECT_EQ(client.read_answer().status, 101u);
  client.read_to_end();
  EXPECT_EQ(server.log.next_close(), "transport error");
  expect_alive();
}

TEST_F(network_with_bugs, AHandlerOfAnOpeningLetsNobodyIn) {
  auto client = server.client();
  client.send(upgrade_request("EIO=4&transport=websocket&throw", upgrade_lines()) + text("4hello"));
  EXPECT_EQ(client.read_answer().status, 101u);
  client.read_to_end();
  expect_alive();
}

TEST_F(network_with_bugs, AHandlerOfAClosingKeepsNothing) {
  auto client = server.websocket();
  client.say("4throw at the end");
  client.send(frame(0x88));
  EXPECT_EQ(client.hear(), "close");
  EXPECT_TRUE(client.at_end());
  EXPECT_TRUE(server.log.await_handlers(1));
  server.log.next_close();
  expect_alive();
}

TEST_F(network_with_bugs, ARequestIsAnsweredAndItsConnectionKept) {
  auto client = server.client();
  for (auto path : {"/throw", "/after"}) {
    auto answer = client.ask(fmt::format("GET {} HTTP/1.1\r\nHost: a\r\n\r\n", path));
    EXPECT_EQ(answer.status, path == "/throw"s ? 500u : 200u);
    EXPECT_TRUE(answer.has("Connection: keep-alive"));
  }
  expect_alive();
}

TEST_F(network_with_bugs, APollAndAPostAreAnswered) {
  auto client = poller{server};
  auto waiting = client.park();
  EXPECT_EQ(client.post("4throw").status, 500u);
  EXPECT_EQ(waiting.read_answer().status, 500u);
  EXPECT_EQ(server.log.next_close(), "transport error");
  EXPECT_EQ(waiting.ask(client.request("GET", "")).status, 400u);
  expect_alive();
}

TEST_F(network_with_bugs, AnOpeningPollIsAnswered) {
  auto client = server.client();
  EXPECT_EQ(client.ask("GET /socket.io/?EIO=4&transport=polling&throw HTTP/1.1\r\nHost: a\r\n\r\n").status, 500u);
  expect_alive();
}

TEST_F(network_with_bugs, NewsThatCannotBeToldAreLostAloneAmongTheirKind) {
  server.deliver_news({"throw"});
  server.deliver_news({"one"});
  EXPECT_EQ(bystander.hear(), "text 4one");
  expect_alive();
}

TEST_F(network_with_bugs, WhateverThrowsOnTheThreadDoesNotEndIt) {
  boost::asio::post(server.io(), [] { throw 1; });
  expect_alive();
}

// -- drain --------------------------------------------------------------------

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
