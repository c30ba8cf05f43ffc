// How much a network takes in, and from how many.

#include "echo_server.hpp"

namespace stentor {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using websocket::frame;
using websocket::text;

// -- peers that do not read ---------------------------------------------------

void tight(settings& s) {
  s.network.outbox_bytes_max = 256 * 1024;
  s.network.socket_buffer_bytes = 16 * 1024;
}

std::string large(int number) {
  return fmt::format("{} {}", number, std::string(8000, 'x'));
}

/// Tells everybody that many large messages, and hears each itself.
void tell_all(raw_client& from, int count) {
  for (auto i = 0; i < count; ++i)
    ASSERT_EQ(from.answer_to("4all:" + large(i)), "text 4" + large(i));
}

TEST(NetworkBounds, ASlowReaderIsDroppedWithoutAGoodbyeAndOthersGetEverything) {
  echo_server server{tight};
  auto slow = server.slow_websocket();
  auto fast = server.websocket();
  ASSERT_NO_FATAL_FAILURE(tell_all(fast, 200));
  EXPECT_EQ(server.log.next_close(), "transport close");
  EXPECT_TRUE(server.log.await_handlers(1));
  auto heard = 0;
  auto last = slow.hear();
  for (; last.starts_with("text "); last = slow.hear())
    EXPECT_EQ(last, "text 4" + large(heard++));
  EXPECT_TRUE(last == "end" || last == "half a frame") << last;
  EXPECT_LT(heard, 100);
}

TEST(NetworkBounds, AReaderWhoIsSlowWithinItsBudgetGetsEverything) {
  echo_server server{tight};
  auto slow = server.slow_websocket();
  auto fast = server.websocket();
  ASSERT_NO_FATAL_FAILURE(tell_all(fast, 30));
  for (auto i = 0; i < 30; ++i)
    ASSERT_EQ(slow.hear(), "text 4" + large(i));
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

} // namespace
} // namespace stentor
