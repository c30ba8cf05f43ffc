#include "socket_test.hpp"

namespace stentor {
namespace {

TEST_F(SocketTest, WhatIsAskedForAtItsEndIsAnswered) {
  auto client = member_that_asks_at_its_end();
  auto other = member();
  client.say("41");
  EXPECT_EQ(other.hear(), R"(420["question"])");
  other.say(R"(430["answer"])");
  EXPECT_THAT((texts{log.take(), log.take(), log.take()}),
              testing::UnorderedElementsAre("socket has been disconnected", "found 1", "answers 1"));
}

TEST_F(SocketTest, WhatIsAskedForAtTheEndOfTheServerIsAnswered) {
  auto client = member_that_asks_at_its_end();
  io->close();
  EXPECT_THAT((texts{log.take(), log.take(), log.take()}),
              testing::UnorderedElementsAre("socket has been disconnected", "found 0", "answers 0"));
}

TEST_F(SocketTest, KnowsWhyItHasGone) {
  auto client = member_with([this](socket& s) { s.on_disconnect([this](const std::string& why) { log.put(why); }); });
  client.say("41");
  EXPECT_EQ(log.take(), "client namespace disconnect");
  client.enter();
  client.hang_up();
  EXPECT_EQ(log.take(), "transport close");
  auto other = member();
  other.say("4x");
  EXPECT_EQ(log.take(), "forced close");
}

TEST_F(SocketTest, AHandlerOfItsEndMayRegisterAnother) {
  auto client = member_with([this](socket& s) {
    for (auto i = 0; i < 3; ++i)
      s.on_disconnect([this, s](const std::string&) mutable {
        for (auto n = 0; n < 100; ++n)
          s.on_disconnect([this](const std::string&) { log.put("too late"); });
        log.put("gone");
      });
  });
  client.say("41");
  for (auto i = 0; i < 3; ++i)
    EXPECT_EQ(log.take(), "gone");
  io->close();
  EXPECT_TRUE(log.empty());
}

TEST_F(SocketTest, MayBeEndedInEachOfTheWays) {
  auto client = member_with([this](socket& s) { s.on_disconnect([this](const std::string& why) { log.put(why); }); });
  sockets.take().disconnect();
  EXPECT_EQ(client.hear(), "41");
  EXPECT_EQ(log.take(), "server namespace disconnect");
  client.enter();
  sockets.take().disconnect(disconnect_from::connection);
  EXPECT_EQ(client.hear(), "41");
  EXPECT_EQ(log.take(), "server namespace disconnect");
  auto other = member();
  sockets.take().disconnect(disconnect_from::transport);
  EXPECT_EQ(other.hear(), "close");
  EXPECT_EQ(log.take(), "forced close");
}

TEST_F(SocketTest, AllOfAConnectionEndWithIt) {
  io->of("/other").on_connection([this](socket s) { s.on_disconnect([this](const std::string& why) { log.put("other " + why); }); });
  auto client = member_with([](socket&) {});
  client.enter("/other");
  sockets.take().disconnect(disconnect_from::connection);
  auto goodbyes = texts{client.hear(), client.hear()};
  EXPECT_THAT(goodbyes, testing::UnorderedElementsAre("41", "41/other,"));
  EXPECT_EQ(log.take(), "other server namespace disconnect");
}

TEST_F(SocketTest, WhenItHasGoneNothingHappens) {
  auto client = member_with([this](socket& s) { s.on_disconnect([this](const std::string&) { log.put("gone"); }); });
  auto s = sockets.take();
  EXPECT_TRUE(s.connected());
  client.say("41");
  EXPECT_EQ(log.take(), "gone");
  EXPECT_FALSE(s.connected());
  s.emit("news");
  s.emit_volatile("news");
  s.disconnect();
  s.disconnect(disconnect_from::transport);
  client.enter();
  EXPECT_EQ(fence(client), at_fence);
  EXPECT_EQ(s.nsp(), "/");
}

TEST_F(SocketTest, EventsBeforeItsEndAreHandledBeforeItsEnd) {
  auto closed = gate{};
  auto client = member_with([&](socket& s) {
    s.on("a", [&](int n) {
      closed.wait();
      log.put(std::to_string(n));
    });
    s.on_disconnect([this](const std::string&) { log.put("gone"); });
  });
  client.say(R"(42["a",1])", R"(42["a",2])");
  client.say("41");
  client.enter(); // read behind them
  closed.open();
  for (auto want : {"1", "2", "gone"})
    EXPECT_EQ(log.take(), want);
}

/// A client, and what it says while the first event is being handled.
struct EndedSocketTest : SocketTest {
  gate door;

  peer member_at_the_door(std::function<void(socket&)> at_the_door = [](auto&) {}) {
    io->of("/other");
    auto client = member_with([this, at_the_door](socket& s) {
      s.on("a", [this, s, at_the_door]() mutable {
        log.put("a");
        door.wait();
        at_the_door(s);
      });
      s.on("b", [this] { log.put("b"); });
      s.on_disconnect([this](const std::string& why) { log.put(why); });
    });
    client.say(R"(42["a"])", R"(42["b"])");
    EXPECT_EQ(log.take(), "a");
    client.enter("/other"); // read behind them
    return client;
  }
};

TEST_F(EndedSocketTest, WhatComesBehindItsDisconnectIsNotHandled) {
  auto client = member_at_the_door([this](socket& s) {
    s.disconnect();
    log.put(s.connected() ? "connected" : "disconnected");
  });
  door.open();
  EXPECT_EQ(client.hear(), "41");
  EXPECT_EQ(log.take(), "disconnected");
  EXPECT_EQ(log.take(), "server namespace disconnect");
}

TEST_F(EndedSocketTest, NorBehindTheDisconnectOfMany) {
  auto client = member_at_the_door();
  io->root().disconnect_sockets();
  EXPECT_EQ(client.hear(), "41");
  door.open();
  EXPECT_EQ(log.take(), "server namespace disconnect");
}

TEST_F(EndedSocketTest, NorBehindTheEndOfItsConnection) {
  auto client = member_at_the_door();
  io->of("/other").disconnect_sockets(disconnect_from::connection);
  EXPECT_THAT((texts{client.hear(), client.hear()}), testing::UnorderedElementsAre("41", "41/other,"));
  door.open();
  EXPECT_EQ(log.take(), "server namespace disconnect");
}

TEST_F(EndedSocketTest, NorBehindTheEndOfItsTransport) {
  auto client = member_at_the_door();
  io->root().disconnect_sockets(disconnect_from::transport);
  EXPECT_EQ(client.hear(), "close");
  door.open();
  EXPECT_EQ(log.take(), "forced close");
}

} // namespace
} // namespace stentor
