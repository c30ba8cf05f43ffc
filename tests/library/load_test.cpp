// Handlers that take their time, clients that do not, and handlers that fail.

#include "library_test.hpp"

#include <atomic>

namespace stentor {
namespace {

using namespace std::chrono_literals;

struct LoadTest : LibraryTest {
  static server_options hasty() {
    auto options = quiet();
    options.ping_interval = 100ms;
    options.events_pending_max = 4;
    return options;
  }
  LoadTest() : LibraryTest(hasty()) {
    io->root().on_connection([this](socket client) {
      answer_fences(client);
      client.on("block", [this] {
        log.put("blocked");
        door.wait();
      });
      client.on("n", [this](int n) { log.put(std::to_string(n)); });
    });
    io->of("/other").on_connection([](socket client) { client.on("ask", [](const ack& reply) { reply("other"); }); });
    io->listen();
  }
  /// Its handler waits at the door.
  void block(peer& client) {
    client.say(R"(42["block"])");
    EXPECT_EQ(log.take(), "blocked");
  }
  gate door;
};

TEST_F(LoadTest, AHandlerThatBlocksHoldsUpNobodyElse) {
  auto client = member(), other = member();
  block(client);
  EXPECT_EQ(fence(other), at_fence);
  client.enter("/other");
  client.say(R"(42/other,1["ask"])");
  EXPECT_EQ(client.hear(), R"(43/other,1["other"])") << "not even on its own connection";
  door.open();
  EXPECT_EQ(fence(client), at_fence);
}

TEST_F(LoadTest, NorTheHeartbeatOfItsConnection) {
  auto client = member();
  block(client);
  for (auto i = 0; i < 3; ++i) {
    EXPECT_EQ(client.hear_anything(), "text 2");
    client.say("3");
  }
  door.open();
  EXPECT_EQ(fence(client), at_fence);
}

TEST_F(LoadTest, NorWhatItIsTold) {
  auto client = member();
  block(client);
  io->root().emit("news");
  EXPECT_EQ(client.hear(), R"(42["news"])");
  door.open();
}

TEST_F(LoadTest, AClientThatIsFasterThanItsHandlersIsNotReadUntilTheyCatchUp) {
  auto client = member();
  client.enter("/other");
  block(client);
  for (auto i = 0; i < 1000; ++i)
    client.say(R"(42["n",)" + std::to_string(i) + "]");
  client.say(R"(42/other,1["ask"])");
  EXPECT_EQ(client.hear_anything(), "text 2") << "what comes behind the fourth is not read";
  EXPECT_TRUE(log.empty());
  door.open();
  for (auto i = 0; i < 1000; ++i)
    EXPECT_EQ(log.take(), std::to_string(i));
  EXPECT_EQ(client.hear(), R"(43/other,1["other"])");
  EXPECT_EQ(fence(client), at_fence);
}

TEST_F(LoadTest, AClientThatIsNotReadMayHangUp) {
  auto client = member();
  block(client);
  for (auto i = 0; i < 100; ++i)
    client.say(R"(42["n",7])");
  client.hang_up();
  door.open();
  for (auto i = 0; i < 3; ++i)
    EXPECT_EQ(log.take(), "7") << "what was read is handled";
  auto other = member();
  EXPECT_EQ(fence(other), at_fence);
}

// -- handlers that throw --------------------------------------------------------------

struct ThrowTest : LibraryTest {
  static void fail() { throw std::runtime_error("a bug of the application"); }
};

TEST_F(ThrowTest, AHandlerThatThrowsEndsNothing) {
  io->root().on_connection([this](socket client) {
    answer_fences(client);
    client.on("fail", [] { fail(); });
    client.on("odd", [] { throw 7; });
    client.once("once", [] { fail(); });
    client.on("ask", [client] { client.emit_with_ack("question", 10s, [](const answer&) { fail(); }); });
    client.on_disconnect([](const std::string&) { fail(); });
    client.on_disconnect([this](const std::string& why) { log.put(why); });
  });
  io->listen();
  auto client = member();
  client.say(R"(42["fail"])", R"(42["odd"])");
  client.say(R"(42["once"])", R"(42["once"])");
  EXPECT_EQ(fence(client), at_fence);
  client.say(R"(42["ask"])");
  EXPECT_EQ(client.hear(), R"(420["question"])");
  client.say("430[]");
  EXPECT_EQ(fence(client), at_fence);
  client.say("41");
  EXPECT_EQ(log.take(), "client namespace disconnect");
  client.enter();
  EXPECT_EQ(fence(client), at_fence);
}

TEST_F(ThrowTest, AConnectionHandlerThatThrowsLeavesTheOthers) {
  io->root().on_connection([](socket) { fail(); });
  io->root().on_connection([](socket client) { answer_fences(client); });
  io->listen();
  auto client = member();
  EXPECT_EQ(fence(client), at_fence);
}

TEST_F(ThrowTest, AMatcherThatThrowsEndsItsConnectionOnly) {
  io->root().on_connection([](socket client) { answer_fences(client); });
  io->of([](const std::string&, const json&) -> bool { throw std::runtime_error("a bug of the application"); });
  io->listen();
  auto client = member(), other = connect();
  other.say("40/any,");
  EXPECT_EQ(other.hear(), "end");
  EXPECT_EQ(fence(client), at_fence);
}

TEST_F(ThrowTest, WhatBroadcastsAreAnsweredMayThrow) {
  io->root().on_connection([](socket client) { answer_fences(client); });
  io->listen();
  auto client = member();
  io->root().fetch_sockets([](const auto&) { fail(); });
  io->root().to("nowhere").emit_with_ack("question", [](const answers&) { fail(); });
  io->root().fetch_sockets([this](const auto& all) { log.put(std::to_string(all.size())); });
  EXPECT_EQ(log.take(), "1");
  EXPECT_EQ(fence(client), at_fence);
}

} // namespace
} // namespace stentor
