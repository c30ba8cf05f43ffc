#include "library_test.hpp"

#include <regex>

namespace stentor {
namespace {

using testing::StartsWith;

struct NamespaceTest : LibraryTest {
  /// Its clients are noted, and may tell the others.
  void note(nsp place, const std::string& as) {
    place.on_connection([this, as](socket client) {
      answer_fences(client);
      client.on("everyone", [client] { client.everyone().emit("news"); });
      log.put(as + " " + client.nsp());
    });
  }
  static void expect_unknown(peer client, const std::string& name) {
    client.say("40" + name + ",");
    EXPECT_EQ(client.hear(), "44" + name + R"(,{"message":"Invalid namespace"})");
  }
};

TEST_F(NamespaceTest, IsKnownByItsName) {
  note(io->of("admin"), "a");
  EXPECT_EQ(io->of("admin").name(), "/admin");
  EXPECT_EQ(io->of("/admin").name(), "/admin");
  EXPECT_EQ(io->root().name(), "/");
  io->listen();
  auto client = member("/admin");
  EXPECT_EQ(log.take(), "a /admin");
  io->of("/admin").emit("news");
  EXPECT_EQ(client.hear(), R"(42/admin,["news"])") << "the same one";
  expect_unknown(connect(), "/other");
}

TEST_F(NamespaceTest, MayBeMadeWhileClientsComeAndGo) {
  io->listen();
  expect_unknown(connect(), "/late");
  note(io->of("/late"), "late");
  member("/late");
  EXPECT_EQ(log.take(), "late /late");
}

TEST_F(NamespaceTest, APatternMatchesTheWholeName) {
  note(io->of(std::regex{"/room-\\d+"}), "room");
  io->listen();
  member("/room-1");
  EXPECT_EQ(log.take(), "room /room-1");
  for (auto name : {"/room-", "/room-1x", "/a/room-1", "/Room-1"})
    expect_unknown(connect(), name);
}

TEST_F(NamespaceTest, AFunctionSeesTheNameAndWhatTheConnectCarries) {
  note(io->of([](const std::string& name, const json& auth) { return name == "/" + auth.value("name", ""); }), "own");
  io->listen();
  connect().enter("/ada", {{"name", "ada"}});
  EXPECT_EQ(log.take(), "own /ada");
  auto client = connect();
  client.say(R"(40/ada,{"name":"eve"})");
  EXPECT_EQ(client.hear(), R"(44/ada,{"message":"Invalid namespace"})");
}

TEST_F(NamespaceTest, TheFirstPatternThatMatchesCounts) {
  note(io->of(std::regex{"/a.*"}), "first");
  note(io->of(std::regex{"/.*b"}), "second");
  io->listen();
  member("/ab");
  EXPECT_EQ(log.take(), "first /ab");
  member("/bb");
  EXPECT_EQ(log.take(), "second /bb");
}

TEST_F(NamespaceTest, APatternSpeaksToAllOfIts) {
  auto rooms = io->of(std::regex{"/room-.*"});
  EXPECT_EQ(rooms.name(), "");
  note(rooms, "room");
  note(io->root(), "root");
  io->listen();
  auto one = member("/room-1"), two = member("/room-2"), root = member();
  rooms.emit("news", 1);
  EXPECT_EQ(one.hear(), R"(42/room-1,["news",1])");
  EXPECT_EQ(two.hear(), R"(42/room-2,["news",1])");
  EXPECT_EQ(fence(root), at_fence);
}

TEST_F(NamespaceTest, ASocketOfAPatternSpeaksToItsOwn) {
  note(io->of(std::regex{"/room-.*"}), "room");
  io->listen();
  auto one = member("/room-1"), neighbour = member("/room-1"), other = member("/room-2");
  one.say(R"(42/room-1,["everyone"])");
  EXPECT_EQ(one.hear(), R"(42/room-1,["news"])");
  EXPECT_EQ(neighbour.hear(), R"(42/room-1,["news"])");
  other.say(R"(42/room-2,1["fence"])");
  EXPECT_EQ(other.hear(), R"(43/room-2,1["fence"])");
}

TEST_F(NamespaceTest, MiddlewareOfAPatternIsForAllOfIts) {
  auto rooms = io->of(std::regex{"/room-.*"});
  rooms.use([](socket& client, const next& go_on) {
    go_on(client.nsp() == "/room-1" ? std::nullopt : std::optional<refusal>{{client.nsp() + " is full"}});
  });
  io->listen();
  member("/room-1");
  auto client = connect();
  client.say("40/room-2,");
  EXPECT_EQ(client.hear(), R"(44/room-2,{"message":"/room-2 is full"})");
}

TEST_F(NamespaceTest, OneOfAPatternIsKnownByItsName) {
  auto rooms = io->of(std::regex{"/room-.*"});
  note(rooms, "room");
  io->listen();
  auto one = member("/room-1"), two = member("/room-2");
  EXPECT_EQ(io->of("room-1").name(), "/room-1");
  io->of("/room-1").emit("news", 1);
  io->of("/room-2").emit("news", 2);
  EXPECT_EQ(one.hear(), R"(42/room-1,["news",1])");
  EXPECT_EQ(two.hear(), R"(42/room-2,["news",2])");
  auto found = mailbox<size_t>{};
  io->of("/room-1").fetch_sockets([&](auto all) { found.put(all.size()); });
  EXPECT_EQ(found.take(), 1u);
}

TEST_F(NamespaceTest, OneOfAPatternIsGuardedByIt) {
  auto rooms = io->of(std::regex{"/room-.*"});
  rooms.use([](socket&, const next& go_on) { go_on(refusal{"no token"}); });
  note(io->of("/room-7"), "seven");
  io->listen();
  io->of("/room-8").emit("nobody is there");
  for (auto name : {"/room-7", "/room-8"}) {
    auto client = connect();
    client.say(std::string{"40"} + name + ",");
    EXPECT_EQ(client.hear(), std::string{"44"} + name + R"(,{"message":"no token"})");
  }
}

TEST_F(NamespaceTest, OneOfAPatternMayHaveMore) {
  note(io->of(std::regex{"/room-.*"}), "room");
  note(io->of("/room-7"), "seven");
  io->of("/room-7").use([](socket& client, const next& go_on) {
    go_on(client.handshake().auth.is_null() ? std::optional<refusal>{{"who are you?"}} : std::nullopt);
  });
  io->listen();
  auto seven = connect(), one = connect();
  seven.say("40/room-7,");
  EXPECT_EQ(seven.hear(), R"(44/room-7,{"message":"who are you?"})");
  seven.enter("/room-7", json::object());
  EXPECT_EQ(log.take(), "room /room-7");
  EXPECT_EQ(log.take(), "seven /room-7");
  one.enter("/room-1");
  EXPECT_EQ(log.take(), "room /room-1");
  one.say(R"(42/room-1,1["fence"])");
  EXPECT_EQ(one.hear(), R"(43/room-1,1["fence"])");
  EXPECT_TRUE(log.empty());
}

TEST_F(NamespaceTest, OneThatWasThereBeforeThePatternIsNotOfIt) {
  note(io->of("/room-7"), "seven");
  auto rooms = io->of(std::regex{"/room-.*"});
  note(rooms, "room");
  note(io->of([](const std::string& name, const json&) { return name.starts_with("/user-"); }), "user");
  note(io->of("/user-7"), "own");
  io->listen();
  auto seven = member("/room-7");
  EXPECT_EQ(log.take(), "seven /room-7");
  rooms.emit("news");
  io->of("/room-7").emit("its own");
  EXPECT_EQ(seven.hear(), R"(42/room-7,["its own"])");
  member("/user-7");
  EXPECT_EQ(log.take(), "own /user-7") << "a function is not asked by name";
}

TEST_F(NamespaceTest, OneConnectionMayBeInSeveral) {
  note(io->root(), "root");
  note(io->of("/admin"), "admin");
  io->listen();
  auto client = member();
  client.enter("/admin");
  io->of("/admin").emit("news");
  io->root().emit("news");
  EXPECT_EQ(client.hear(), R"(42/admin,["news"])");
  EXPECT_EQ(client.hear(), R"(42["news"])");
  client.say("41/admin,");
  io->root().emit("still here");
  EXPECT_EQ(client.hear(), R"(42["still here"])");
}

} // namespace
} // namespace stentor
