#include "library_test.hpp"

#include <set>

namespace stentor {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::StartsWith;
using testing::UnorderedElementsAre;

/// Clients who are in rooms, on one network thread or on several.
struct BroadcastTest : LibraryTest, testing::WithParamInterface<size_t> {
  std::map<std::string, socket> sockets; ///< by name
  std::map<std::string, peer> peers;
  mailbox<socket> arrived;

  static server_options on(size_t threads) {
    auto options = quiet();
    options.network_threads = threads;
    return options;
  }
  BroadcastTest() : LibraryTest(on(GetParam())) {
    io->root().on_connection([this](socket client) {
      client.on("join", [client](std::vector<std::string> rooms, const ack& reply) {
        client.join(rooms);
        reply();
      });
      client.on("rooms", [client](const ack& reply) { reply(json(client.rooms())); });
      arrived.put(client);
    });
    io->listen();
  }

  void TearDown() override {
    peers.clear();
    LibraryTest::TearDown();
  }

  peer& enter(const std::string& name, const texts& rooms = {}) {
    auto& one = peers.emplace(name, member()).first->second;
    sockets.emplace(name, arrived.take());
    one.say(R"(420["join",)" + json(rooms).dump() + "]");
    EXPECT_EQ(one.hear(), "430[]");
    return one;
  }
  /// Who has heard "news", once what was asked for has been done on every thread.
  texts heard() {
    auto done = mailbox<int>{};
    io->root().fetch_sockets([&](const auto&) { done.put(1); });
    done.take();
    io->root().emit("end");
    texts names;
    for (auto& [name, one] : peers)
      for (auto packet = one.hear(); packet != R"(42["end"])"; packet = one.hear()) {
        EXPECT_EQ(packet, R"(42["news",1])");
        names.push_back(name);
      }
    return names;
  }
};

TEST_P(BroadcastTest, GoesToWhomItIsFor) {
  enter("ada", {"lobby"}), enter("ben", {"lobby", "attic"}), enter("eve", {"attic"}), enter("joe"), enter("kim", {"lobby"});
  auto root = io->root();
  auto& ada = sockets.at("ada");

  root.emit("news", 1);
  EXPECT_THAT(heard(), ElementsAre("ada", "ben", "eve", "joe", "kim"));
  root.to("lobby").emit("news", 1);
  EXPECT_THAT(heard(), ElementsAre("ada", "ben", "kim"));
  root.to("lobby").to("attic").emit("news", 1);
  EXPECT_THAT(heard(), ElementsAre("ada", "ben", "eve", "kim")) << "once each";
  root.in(texts{"lobby", "attic"}).except("attic").emit("news", 1);
  EXPECT_THAT(heard(), ElementsAre("ada", "kim"));
  root.except("lobby").emit("news", 1);
  EXPECT_THAT(heard(), ElementsAre("eve", "joe"));
  root.all().except(texts{"lobby", "attic"}).emit("news", 1);
  EXPECT_THAT(heard(), ElementsAre("joe"));
  root.to(ada.id()).emit("news", 1);
  EXPECT_THAT(heard(), ElementsAre("ada"));
  root.to("nowhere").emit("news", 1);
  EXPECT_THAT(heard(), ElementsAre());
  root.local().volatile_().to("attic").emit("news", 1);
  EXPECT_THAT(heard(), ElementsAre("ben", "eve"));

  ada.broadcast().emit("news", 1);
  EXPECT_THAT(heard(), ElementsAre("ben", "eve", "joe", "kim"));
  ada.to("lobby").emit("news", 1);
  EXPECT_THAT(heard(), ElementsAre("ben", "kim")) << "the others";
  ada.to(texts{"lobby", "attic"}).emit("news", 1);
  EXPECT_THAT(heard(), ElementsAre("ben", "eve", "kim"));
  ada.except("lobby").emit("news", 1);
  EXPECT_THAT(heard(), ElementsAre("eve", "joe"));
  ada.everyone().emit("news", 1);
  EXPECT_THAT(heard(), ElementsAre("ada", "ben", "eve", "joe", "kim"));
}

TEST_P(BroadcastTest, RoomsAreNamedOneByOneOrTogether) {
  enter("ada"), enter("ben", {"lobby"}), enter("eve", {"attic"});
  auto root = io->root();
  auto& ada = sockets.at("ada");
  const auto one = std::string{"lobby"};
  const auto both = texts{"lobby", "attic"};

  for (const auto& said :
       {root.to({"lobby", "attic"}), root.in({"lobby", "attic"}), root.all().to({"lobby", "attic"}), root.all().in({"lobby", "attic"}),
        ada.to({"lobby", "attic"}), ada.in({"lobby", "attic"}), root.in(both), ada.in(both), ada.to({one, "attic"})}) {
    said.emit("news", 1);
    EXPECT_THAT(heard(), ElementsAre("ben", "eve"));
  }
  for (const auto& said : {root.to({"lobby"}), root.in({one}), ada.to(one), ada.in("lobby"), root.all().in(one)}) {
    said.emit("news", 1);
    EXPECT_THAT(heard(), ElementsAre("ben"));
  }
  for (const auto& said : {root.except({"lobby", "attic"}), root.all().except({"lobby", "attic"}), root.except(both),
                           ada.everyone().except({"lobby", "attic"})}) {
    said.emit("news", 1);
    EXPECT_THAT(heard(), ElementsAre("ada"));
  }
  for (const auto& said : {ada.except({"lobby", "attic"}), ada.except(both)}) {
    said.emit("news", 1);
    EXPECT_THAT(heard(), ElementsAre());
  }

  auto rooms_of_ada = [&] { return texts{ada.rooms().begin() + 1, ada.rooms().end()}; }; // its handlers are idle
  ada.join({"cellar", "garden"});
  EXPECT_EQ(rooms_of_ada(), (texts{"cellar", "garden"}));
  ada.leave({"garden", "cellar"});
  EXPECT_EQ(rooms_of_ada(), texts{});
  ada.join("cellar"), ada.join(both), ada.leave("lobby"), ada.leave(both);
  EXPECT_EQ(rooms_of_ada(), texts{"cellar"});
  root.to("cellar").emit("news", 1);
  EXPECT_THAT(heard(), ElementsAre("ada"));
  root.sockets_join("yard"), root.all().sockets_join({"park", "pier"}), root.sockets_leave({"park", "yard"});
  for (auto [room, who] : {std::pair{"yard", texts{}}, {"park", {}}, {"pier", {"ada", "ben", "eve"}}}) {
    root.to(room).emit("news", 1);
    EXPECT_EQ(heard(), who) << room;
  }
}

TEST_P(BroadcastTest, AnOperatorIsAValue) {
  enter("ada", {"lobby"}), enter("ben", {"attic"});
  auto lobby = io->root().to("lobby");
  auto both = lobby.to("attic");
  auto nobody = lobby.except("lobby");
  lobby.emit("news", 1);
  EXPECT_THAT(heard(), ElementsAre("ada"));
  both.emit("news", 1);
  EXPECT_THAT(heard(), ElementsAre("ada", "ben"));
  nobody.emit("news", 1);
  EXPECT_THAT(heard(), ElementsAre());
}

TEST_P(BroadcastTest, AllWhoAreAskedAnswer) {
  for (auto name : {"a", "b", "c", "d", "e", "f"})
    enter(name, {"lobby"});
  enter("outside");
  auto threads = std::set<char>{};
  for (auto& [name, one] : peers)
    threads.insert(one.letter());
  EXPECT_EQ(threads.size(), GetParam()) << "they are on all network threads";

  auto got = mailbox<answers>{};
  io->root().to("lobby").timeout(10s).emit_with_ack(
    "question", [&](const answers& all) { got.put(all); }, "why?");
  for (auto& [name, one] : peers)
    if (name != "outside") {
      auto question = one.hear();
      auto id = question.substr(2, question.find('[') - 2);
      EXPECT_EQ(question, "42" + id + R"(["question","why?"])");
      one.say("43" + id + "[\"" + name + "\"]");
    }
  auto all = got.take();
  EXPECT_TRUE(all);
  EXPECT_EQ(all.missing, 0u);
  auto names = texts{};
  for (const auto& args : all.args)
    names.push_back(json(args).dump());
  EXPECT_THAT(names, UnorderedElementsAre(R"(["a"])", R"(["b"])", R"(["c"])", R"(["d"])", R"(["e"])", R"(["f"])"));
}

TEST_P(BroadcastTest, WhoGoesWithoutAnAnswerIsMissing) {
  for (auto name : {"a", "b", "c", "d"})
    enter(name);
  auto got = mailbox<answers>{};
  sockets.at("a").everyone().emit_with_ack("question", [&](const answers& all) { got.put(all); });
  for (auto& [name, one] : peers) {
    auto question = one.hear();
    one.say(name == "d" ? "41" : "43" + question.substr(2, question.find('[') - 2) + "[1]");
  }
  auto all = got.take();
  EXPECT_FALSE(all);
  EXPECT_EQ(all.args.size(), 3u);
  EXPECT_EQ(all.missing, 1u);
}

TEST_P(BroadcastTest, WhoDoesNotAnswerInTimeIsMissing) {
  for (auto name : {"a", "b", "c"})
    enter(name);
  auto got = mailbox<answers>{};
  io->root().timeout(1ms).emit_with_ack("question", [&](const answers& all) { got.put(all); });
  auto all = got.take();
  EXPECT_EQ(all.args.size(), 0u);
  EXPECT_EQ(all.missing, 3u);
}

TEST_P(BroadcastTest, ANamespaceAsksAndTellsEveryone) {
  auto& ada = enter("ada");
  auto got = mailbox<answers>{};
  auto note = [&](const answers& all) { got.put(all); };
  const auto root = io->root();
  root.emit_values("news", {1, "two"});
  EXPECT_EQ(ada.hear(), R"(42["news",1,"two"])");
  root.emit_with_ack("question", note, 3);
  EXPECT_EQ(ada.hear(), R"(420["question",3])");
  ada.say("430[4]");
  EXPECT_EQ(got.take().args, std::vector(1, std::vector<json>{4}));
  root.ask_values("question", {5}, note);
  EXPECT_EQ(ada.hear(), R"(421["question",5])");
  ada.say("431[6]");
  EXPECT_EQ(got.take().args, std::vector(1, std::vector<json>{6}));
}

TEST_P(BroadcastTest, OfNobodyNobodyIsMissing) {
  auto got = mailbox<answers>{};
  io->root().to("nowhere").emit_with_ack("question", [&](const answers& all) { got.put(all); });
  EXPECT_EQ(got.take().missing, 0u);
  io->root().server_side_emit_with_ack("question", [&](const answers& all) { got.put(all); });
  EXPECT_TRUE(got.take()) << "there are no other servers";
}

TEST_P(BroadcastTest, SocketsAreFoundWithTheirRoomsAndTheirData) {
  enter("ada", {"lobby", "attic"}), enter("ben", {"lobby"}), enter("eve");
  sockets.at("ada").set_data({{"name", "ada"}}); // its handlers are idle
  auto found = mailbox<std::vector<socket_snapshot>>{};
  io->root().in("lobby").fetch_sockets([&](auto all) { found.put(std::move(all)); });
  auto seen = std::map<std::string, socket_snapshot>{};
  for (auto& one : found.take())
    seen.emplace(one.id, one);
  ASSERT_EQ(seen.size(), 2u);
  const auto& ada = seen.at(peers.at("ada").id());
  EXPECT_THAT(ada.rooms, ElementsAre(ada.id, "lobby", "attic"));
  EXPECT_EQ(ada.data.dump(), R"({"name":"ada"})");
  EXPECT_EQ(ada.handshake.query.at("EIO"), "4");
  EXPECT_TRUE(seen.at(peers.at("ben").id()).data.is_null());
  sockets.at("eve").everyone().fetch_sockets([&](auto all) { found.put(std::move(all)); });
  EXPECT_EQ(found.take().size(), 3u);
  sockets.at("eve").broadcast().fetch_sockets([&](auto all) { found.put(std::move(all)); });
  EXPECT_EQ(found.take().size(), 2u);
}

TEST_P(BroadcastTest, SocketsAreMoved) {
  enter("ada", {"lobby"}), enter("ben", {"lobby"}), enter("eve");
  auto root = io->root();
  root.in("lobby").sockets_join({"attic", "cellar"});
  root.to("attic").emit("news", 1);
  EXPECT_THAT(heard(), ElementsAre("ada", "ben"));
  root.in(sockets.at("ada").id()).sockets_leave({"attic", "lobby", "never there"});
  root.to("attic").emit("news", 1);
  EXPECT_THAT(heard(), ElementsAre("ben"));
  auto& ada = peers.at("ada");
  ada.say(R"(420["rooms"])");
  EXPECT_EQ(ada.hear(), R"(430[[")" + ada.id() + R"(","cellar"]])") << "and their handlers know it";
}

TEST_P(BroadcastTest, SocketsAreThrownOut) {
  auto& ada = enter("ada", {"lobby"});
  auto& ben = enter("ben", {"lobby"});
  auto& eve = enter("eve");
  io->root().in("lobby").disconnect_sockets();
  EXPECT_EQ(ada.hear(), "41");
  EXPECT_EQ(ben.hear(), "41");
  peers.erase("ada"), peers.erase("ben");
  EXPECT_THAT(heard(), ElementsAre());
  io->root().disconnect_sockets(disconnect_from::transport);
  EXPECT_EQ(eve.hear(), "close");
}

TEST_P(BroadcastTest, WhatOneThreadAsksForHappensInOrder) {
  for (auto name : {"a", "b", "c"})
    enter(name);
  auto& b = sockets.at("b");
  for (auto i = 0; i < 50; ++i) {
    io->root().emit("all", i);
    b.emit("own", i);
  }
  for (auto i = 0; i < 50; ++i) {
    EXPECT_EQ(peers.at("b").hear(), R"(42["all",)" + std::to_string(i) + "]");
    EXPECT_EQ(peers.at("b").hear(), R"(42["own",)" + std::to_string(i) + "]");
  }
}

INSTANTIATE_TEST_SUITE_P(Threads, BroadcastTest, testing::Values(1, 3));

} // namespace
} // namespace stentor
