#include "library_test.hpp"

#include <atomic>

namespace stentor {
namespace {

using namespace std::chrono_literals;

struct LibraryRecoveryTest : LibraryTest {
  static server_options recovering(bool skips_middleware = true) {
    auto options = quiet();
    options.max_disconnection = 120s;
    options.recovery_skips_middleware = skips_middleware;
    return options;
  }
  explicit LibraryRecoveryTest(const server_options& options = recovering()) : LibraryTest(options) {
    io->root().use([this](socket&, const next& go_on) {
      ++looks;
      go_on(std::nullopt);
    });
    io->root().on_connection([this](socket client) {
      client.on("remember", [client](json data, std::string room) {
        client.set_data(std::move(data));
        client.join(room);
        client.emit("remembered");
      });
      client.on("move", [this, client](json data, std::string room) mutable {
        log.put("moving");
        door.wait();
        client.set_data(std::move(data));
        client.join(room);
      });
      client.on_disconnect([this](const std::string& why) { log.put(why); });
      log.put(std::string{client.recovered() ? "recovered " : "new "} + client.data().dump() + " " +
              json(texts(client.rooms().begin() + 1, client.rooms().end())).dump() + (client.rooms()[0] == client.id() ? "" : " whose?"));
    });
    io->of("/other");
    io->listen();
  }

  /// The name and arguments of the next event, without its offset, which is noted.
  std::string hear_event(peer& client) {
    auto event = json::parse(client.hear().substr(2));
    offset = event.back();
    event.erase(event.size() - 1);
    return event.dump();
  }
  json claim(const peer& before) {
    auto auth = json{{"pid", before.pid()}};
    if (!offset.empty())
      auth["offset"] = offset;
    return auth;
  }
  peer come_back(const peer& before) {
    auto client = connect();
    client.enter("/", claim(before));
    return client;
  }
  /// A client in the lobby, whose data is "ada".
  peer ada() {
    auto client = member();
    EXPECT_EQ(log.take(), "new null []");
    client.say(R"(42["remember","ada","lobby"])");
    EXPECT_EQ(hear_event(client), R"(["remembered"])");
    return client;
  }
  /// It is back while a handler of it still runs, and enters another namespace behind that.
  peer back_too_soon(peer& client) {
    client.say(R"(42["move","eve","attic"])");
    EXPECT_EQ(log.take(), "moving");
    client.hang_up();
    auto again = connect();
    again.say("40" + claim(client).dump(), "40/other,");
    return again;
  }
  void lose(peer& client) {
    client.hang_up();
    EXPECT_EQ(log.take(), "transport close");
  }

  std::string offset;
  std::atomic<int> looks = 0;
  gate door;
};

TEST_F(LibraryRecoveryTest, WhoComesBackHasItsIdItsRoomsItsDataAndWhatItMissed) {
  auto client = ada();
  lose(client);
  io->root().to("lobby").emit("missed", 1);
  io->root().to("attic").emit("not missed");
  io->root().volatile_().emit("not kept");
  io->root().emit("missed", 2);
  auto again = come_back(client);
  EXPECT_EQ(again.id(), client.id());
  EXPECT_EQ(again.pid(), client.pid());
  EXPECT_EQ(log.take(), R"(recovered "ada" ["lobby"])");
  EXPECT_EQ(hear_event(again), R"(["missed",1])");
  EXPECT_EQ(hear_event(again), R"(["missed",2])");
  io->root().to("lobby").emit("now");
  EXPECT_EQ(hear_event(again), R"(["now"])");
  EXPECT_EQ(looks, 1) << "no middleware for whom it has seen";
}

TEST_F(LibraryRecoveryTest, SoItIsTimeAfterTime) {
  auto client = ada();
  for (auto i = 0; i < 5; ++i) {
    lose(client);
    io->root().to("lobby").emit("missed", i);
    auto again = come_back(client);
    EXPECT_EQ(log.take(), R"(recovered "ada" ["lobby"])");
    EXPECT_EQ(hear_event(again), R"(["missed",)" + std::to_string(i) + "]");
    client = std::move(again);
  }
}

TEST_F(LibraryRecoveryTest, AHandlerHearsOfTheLossOfAConnectionThatSeemedToLive) {
  auto client = ada();
  auto again = come_back(client);
  EXPECT_EQ(again.id(), client.id());
  auto heard = texts{log.take(), log.take()};
  EXPECT_THAT(heard, testing::UnorderedElementsAre("transport close", R"(recovered "ada" ["lobby"])"));
  EXPECT_EQ(client.hear(), "end");
}

TEST_F(LibraryRecoveryTest, WhoHasLeftIsNewWhenItComesBack) {
  auto client = ada();
  client.say("41");
  EXPECT_EQ(log.take(), "client namespace disconnect");
  auto again = come_back(client);
  EXPECT_NE(again.id(), client.id());
  EXPECT_EQ(log.take(), "new null []");
}

TEST_F(LibraryRecoveryTest, WhoComesBackAsSomebodyNewIsLookedAt) {
  auto client = member();
  EXPECT_EQ(log.take(), "new null []");
  client.say_goodbye();
  EXPECT_EQ(client.hear(), "close");
  log.take();
  auto again = come_back(client);
  EXPECT_NE(again.id(), client.id()) << "goodbye, and nothing heard before";
  EXPECT_EQ(log.take(), "new null []");
  EXPECT_EQ(looks, 2);
}

TEST_F(LibraryRecoveryTest, SoIsWhoHasMissedMoreThanIsKept) {
  auto client = ada();
  lose(client);
  io->root().emit("missed", std::string(600'000, 'x')); // more than half an outbox
  auto again = come_back(client);
  EXPECT_NE(again.id(), client.id());
  EXPECT_EQ(log.take(), "new null []");
  EXPECT_EQ(looks, 2);
}

TEST_F(LibraryRecoveryTest, ALostOneIsMovedAndThrownOutLikeTheOthers) {
  auto client = ada();
  lose(client);
  auto found = mailbox<size_t>{};
  io->root().fetch_sockets([&](const auto& all) { found.put(all.size()); });
  EXPECT_EQ(found.take(), 0u) << "it is not there";
  io->root().in("lobby").sockets_join({"attic"});
  io->root().in("lobby").sockets_leave({"lobby"});
  auto again = come_back(client);
  EXPECT_EQ(log.take(), R"(recovered "ada" ["attic"])");
  lose(again);
  io->root().in("attic").disconnect_sockets();
  auto other = come_back(again);
  EXPECT_NE(other.id(), client.id());
  EXPECT_EQ(log.take(), "new null []");
}

TEST_F(LibraryRecoveryTest, WhoComesBackHasWhatItsHandlersWereStillDoing) {
  auto client = ada();
  auto again = back_too_soon(client);
  EXPECT_THAT(again.hear(), testing::StartsWith("40/other,")) << "handlers of one socket run one after the other";
  door.open();
  EXPECT_EQ(json::parse(again.hear().substr(2)).at("sid"), client.id());
  EXPECT_EQ(log.take(), "transport close");
  EXPECT_EQ(log.take(), R"(recovered "eve" ["lobby","attic"])");
  io->root().to("attic").emit("now");
  EXPECT_EQ(hear_event(again), R"(["now"])");
}

TEST_F(LibraryRecoveryTest, WhoIsThrownOutWhileItWaitsForThatComesAsSomebodyNew) {
  auto client = ada();
  auto again = back_too_soon(client);
  EXPECT_THAT(again.hear(), testing::StartsWith("40/other,"));
  io->root().in("lobby").disconnect_sockets();
  again.say("41/other,", "40/other,"); // behind that
  EXPECT_THAT(again.hear(), testing::StartsWith("40/other,"));
  door.open();
  EXPECT_NE(json::parse(again.hear().substr(2)).at("sid"), client.id());
  EXPECT_EQ(log.take(), "transport close");
  EXPECT_EQ(log.take(), "new null []");
  EXPECT_EQ(looks, 2);
}

TEST_F(LibraryRecoveryTest, AServerThatClosesWhileSomeAreLostCloses) {
  auto client = ada(), other = ada();
  lose(client);
  io->close();
  EXPECT_EQ(other.hear(), "close");
  EXPECT_EQ(log.take(), "server shutting down");
}

/// Requests of a client that polls, on a server with three network threads.
struct WandererTest : LibraryTest {
  static server_options on_three_threads() {
    auto options = quiet();
    options.network_threads = 3;
    options.max_disconnection = 120s;
    return options;
  }
  WandererTest() : LibraryTest(on_three_threads()) {
    io->root();
    io->listen();
  }

  http_answer ask(std::string_view method, std::string_view body = "") const {
    return raw_client{io->port()}.ask(
      fmt::format("{} /socket.io/?EIO=4&transport=polling{} HTTP/1.1\r\nHost: a\r\nContent-Length: {}\r\n\r\n{}", method,
                  sid.empty() ? "" : "&sid=" + sid, body.size(), body));
  }
  /// Enters as somebody who was on that thread once.
  std::string enter(char letter) const {
    ask("POST", fmt::format(R"(40{{"pid":"{}"}})", letter + std::string(19, 'x')));
    return ask("GET").body;
  }
  std::string sid = {};
};

TEST_F(WandererTest, WhoseSocketsWereOnSeveralThreadsIsFoundByItsRequests) {
  sid = json::parse(ask("GET").body.substr(1)).at("sid");
  for (auto letter : {'A', 'B', 'C', 'A', 'C'}) {
    EXPECT_THAT(enter(letter), testing::StartsWith(R"(40{"sid":")")) << letter;
    EXPECT_EQ(ask("POST", "41").body, "ok");
  }
}

struct LookedAtAgainTest : LibraryRecoveryTest {
  LookedAtAgainTest() : LibraryRecoveryTest(recovering(false)) {}
};

TEST_F(LookedAtAgainTest, MiddlewareMayLookAtThemAgain) {
  auto client = ada();
  lose(client);
  io->root().emit("missed");
  auto again = come_back(client);
  EXPECT_EQ(again.id(), client.id());
  EXPECT_EQ(log.take(), R"(recovered "ada" ["lobby"])");
  EXPECT_EQ(hear_event(again), R"(["missed"])");
  EXPECT_EQ(looks, 2);
}

TEST_F(LookedAtAgainTest, MiddlewareSeesWhoItIsAndHasTheLastWord) {
  auto client = ada();
  lose(client);
  io->root().use([this](socket& s, const next& go_on) {
    log.put(s.id() + (s.recovered() ? " recovered " : " new ") + s.data().dump());
    s.set_data("fresh");
    s.join("attic");
    go_on();
  });
  auto again = come_back(client);
  EXPECT_EQ(log.take(), client.id() + R"( recovered "ada")");
  EXPECT_EQ(log.take(), R"(recovered "fresh" ["attic","lobby"])");
  auto found = mailbox<json>{};
  io->root().in("lobby").fetch_sockets([&](const auto& all) { found.put(all.at(0).data); });
  EXPECT_EQ(found.take(), "fresh");
  io->root().in("attic").emit("now");
  EXPECT_EQ(hear_event(again), R"(["now"])");
}

} // namespace
} // namespace stentor
