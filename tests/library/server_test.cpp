#include "base/log.hpp"
#include "library_test.hpp"

#include <spdlog/spdlog.h>

#include <atomic>
#include <csignal>
#include <regex>
#include <thread>

namespace stentor {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;

struct LibraryServerTest : LibraryTest {
  LibraryServerTest() { io->root(); }
};

TEST_F(LibraryServerTest, ServesOnAPortOfTheSystemsChoice) {
  io->listen();
  EXPECT_NE(io->port(), 0);
  member("/").say("41");
}

TEST_F(LibraryServerTest, MayEndWithoutHavingBegun) {
  io->root().use([](socket&, const next& go_on) { go_on(std::nullopt); });
  io->of("/admin").on_connection([](socket) {});
  io->of([](const std::string&, const json&) { return true; });
  io->root().emit("nobody hears this");
  io->close();
  io->close();
}

TEST_F(LibraryServerTest, OrWithoutAnything) {
  io.reset();
  server{quiet()};
}

TEST_F(LibraryServerTest, ClosesWithItsClients) {
  io->root().on_connection([this](socket client) { client.on_disconnect([this](const std::string& why) { log.put(why); }); });
  io->listen();
  auto one = member(), two = member();
  io->close();
  for (auto* client : {&one, &two}) {
    EXPECT_EQ(client->hear(), "close") << "no disconnect, so that they come back";
    EXPECT_EQ(log.take(), "server shutting down");
  }
}

TEST_F(LibraryServerTest, WaitsForHandlersThatRun) {
  auto door = gate{};
  auto handled = std::atomic<int>{0};
  io->root().on_connection([&](socket client) {
    client.on("block", [&, client] {
      log.put("blocked");
      door.wait();
      client.emit("nobody hears this");
      ++handled;
    });
    client.on_disconnect([this](const std::string& why) { log.put(why); });
  });
  io->listen();
  auto client = member();
  client.say(R"(42["block"])", R"(42["block"])");
  EXPECT_EQ(log.take(), "blocked");
  auto closer = std::thread{[&] { io->close(); }};
  EXPECT_EQ(client.hear(), "close");
  door.open();
  closer.join();
  EXPECT_EQ(handled, 2) << "those who were read";
  EXPECT_EQ(log.take(), "blocked");
  EXPECT_EQ(log.take(), "server shutting down");
}

TEST_F(LibraryServerTest, RunsUntilItIsStopped) {
  io->root().on_connection([this](socket client) { client.on("stop", [this] { io->stop(); }); });
  io->listen();
  auto client = member();
  client.say(R"(42["stop"])");
  io->run();
  io->run(); // stopped is stopped
}

/// Whether a signal waits in this thread, or is blocked in it.
bool is_held_back(int signal) {
  auto waiting = sigset_t{}, blocked = sigset_t{};
  sigpending(&waiting);
  pthread_sigmask(SIG_BLOCK, nullptr, &blocked);
  return sigismember(&waiting, signal) || sigismember(&blocked, signal);
}

TEST_F(LibraryServerTest, ASignalEndsItsRunAndNothingElse) {
  io->listen();
  raise(SIGINT);
  io->run();
  EXPECT_FALSE(is_held_back(SIGINT)) << "a second Ctrl-C ends a program that hangs";
  io->close();
  raise(SIGTERM); // nor does a supervisor's second SIGTERM, which would hide how it has ended
}

TEST_F(LibraryServerTest, TakesSignalsAsLongAsItLives) {
  EXPECT_TRUE(is_held_back(SIGTERM));
  auto options = quiet();
  options.takes_signals = false;
  server{options};
  EXPECT_TRUE(is_held_back(SIGTERM)) << "another one does not care";
  io.reset();
  EXPECT_FALSE(is_held_back(SIGTERM));
  server{options};
  EXPECT_FALSE(is_held_back(SIGTERM));
}

TEST_F(LibraryServerTest, SeveralLiveInOneProcess) {
  auto other = server{quiet()};
  io->root().on_connection([](socket client) { client.emit("one"); });
  other.root().on_connection([](socket client) { client.emit("two"); });
  io->listen();
  other.listen();
  auto two = peer{other.port()};
  two.enter();
  EXPECT_EQ(member().hear(), R"(42["one"])");
  EXPECT_EQ(two.hear(), R"(42["two"])");
}

TEST_F(LibraryServerTest, TheApplicationsLogStaysItsOwn) {
  auto own = spdlog::default_logger();
  auto level = own->level();
  auto other = server{quiet()};
  io->listen();
  other.listen();
  EXPECT_EQ(spdlog::default_logger(), own);
  EXPECT_EQ(own->level(), level);
  EXPECT_EQ(log::logger().level(), spdlog::level::off) << "as both were told";
}

TEST_F(LibraryServerTest, AHandleOfASocketMayOutliveIt) {
  auto kept = std::vector<socket>{};
  auto in = mailbox<int>{};
  io->root().on_connection([&](socket client) {
    kept.push_back(client);
    in.put(1);
  });
  io->listen();
  auto client = member();
  in.take();
  io.reset();
  EXPECT_FALSE(kept.at(0).connected());
  EXPECT_EQ(kept.at(0).id(), client.id());
}

TEST_F(LibraryServerTest, EveryHandleMayOutliveIt) {
  auto sockets = mailbox<socket>{};
  auto acks = mailbox<ack>{};
  auto nexts = mailbox<next>{};
  auto root = io->root(), rooms = io->of(std::regex{"/room-.*"});
  auto never = [](const auto&...) { FAIL() << "there is no server any more"; };
  root.on_connection([&](socket client) {
    client.on("ask", [&](const ack& reply) { acks.put(reply); });
    sockets.put(client);
  });
  io->of("/slow").use([&](socket&, const next& go_on) { nexts.put(go_on); });
  io->listen();
  auto client = member();
  client.say(R"(421["ask"])", "40/slow,");
  auto kept = sockets.take();
  auto reply = acks.take();
  auto go_on = nexts.take();
  auto everyone = kept.everyone();
  io.reset();

  go_on(std::nullopt);
  reply("too late");
  kept.emit("news");
  kept.emit_volatile("news");
  kept.emit_with_ack("question", 1ms, never);
  kept.join("room");
  kept.leave("room");
  kept.set_data(1);
  kept.disconnect();
  EXPECT_EQ(kept.handshake().address, "127.0.0.1");
  EXPECT_EQ(kept.nsp(), "/");
  for (const auto& all : {everyone, kept.broadcast(), root.all(), rooms.all()}) {
    all.emit("news");
    all.emit_with_ack("question", never);
    all.fetch_sockets(never);
    all.sockets_join({"room"});
    all.sockets_leave({"room"});
    all.disconnect_sockets();
  }
  root.server_side_emit_with_ack("question", never);
  root.use([](socket&, const next&) {}).on_connection(never);
  EXPECT_EQ(root.name(), "/");
}

TEST_F(LibraryServerTest, LetsGoOfWhatHandlersHaveCaught) {
  auto caught = std::make_shared<int>();
  auto watched = std::weak_ptr{caught};
  auto root = io->root();
  root.on_connection([root, caught](socket client) { client.on("a", [root, client, caught] {}); });
  root.use([root, caught](socket&, const next& go_on) { go_on(std::nullopt); });
  io->listen();
  auto client = member();
  caught = nullptr;
  io.reset();
  EXPECT_TRUE(watched.expired());
}

TEST_F(LibraryServerTest, MayEndOnAnotherThread) {
  io->listen();
  auto client = member();
  std::thread{[&] { io.reset(); }}.join();
  EXPECT_EQ(client.hear(), "close");
}

TEST_F(LibraryServerTest, WhoClosesItTooWaitsAsWell) {
  auto door = gate{};
  auto handled = std::atomic<bool>{false};
  io->root().on_connection([&](socket client) {
    log.put("in");
    client.on_disconnect([&](const std::string& why) {
      log.put(why);
      door.wait();
      handled = true;
    });
  });
  io->listen();
  auto client = member();
  EXPECT_EQ(log.take(), "in");
  auto closers = std::vector<std::thread>{};
  for (auto i = 0; i < 2; ++i)
    closers.emplace_back([&] {
      io->close();
      log.put(handled ? "closed" : "closed too early");
    });
  EXPECT_EQ(log.take(), "server shutting down");
  door.open();
  EXPECT_EQ(log.take(), "closed");
  EXPECT_EQ(log.take(), "closed");
  for (auto& each : closers)
    each.join();
}

// -- what makes no sense --------------------------------------------------------------

/// What a server with these options throws at the latest when it shall listen; "" if nothing.
std::string complaint(const server_options& options) {
  try {
    server{options}.listen();
    return "";
  } catch (const std::runtime_error& why) {
    return why.what();
  }
}

TEST_F(LibraryServerTest, APortThatIsTakenIsSaidToBe) {
  io->listen();
  auto options = quiet();
  options.port = io->port();
  EXPECT_THAT(complaint(options),
              AllOf(HasSubstr("cannot listen on 127.0.0.1:" + std::to_string(io->port())), HasSubstr("in use"), HasSubstr("server.port")));
  member("/").say("41");
}

TEST_F(LibraryServerTest, WhenItIsFreeTheServerListens) {
  auto other = std::make_optional<server>(quiet());
  other->listen();
  auto options = quiet();
  options.port = other->port();
  io.emplace(options);
  io->root();
  EXPECT_THROW(io->listen(), std::runtime_error);
  EXPECT_THROW(io->port(), std::logic_error);
  other.reset();
  io->listen();
  EXPECT_EQ(io->port(), options.port);
  member("/").say("41");
}

TEST_F(LibraryServerTest, ListensOnceAndNotAfterItsEnd) {
  EXPECT_THROW(io->port(), std::logic_error);
  io->listen();
  EXPECT_THROW(io->listen(), std::logic_error);
  member("/").say("41");
  io->close();
  EXPECT_THROW(io->listen(), std::logic_error);
  io->root().emit("nobody hears this");
}

TEST_F(LibraryServerTest, SoIsAnAddressThatIsNotOurs) {
  auto options = quiet();
  options.host = "192.0.2.1"; // RFC 5737: of nobody
  EXPECT_THAT(complaint(options), HasSubstr("cannot listen on 192.0.2.1:0"));
  options.host = "no address";
  EXPECT_THAT(complaint(options), HasSubstr("server.host"));
}

TEST_F(LibraryServerTest, OptionsThatMakeNoSenseAreNamed) {
  struct row {
    const char* key;
    void (*change)(server_options&);
  };
  for (auto [key, change] : std::initializer_list<row>{
         {"network.threads", [](auto& o) { o.network_threads = 0; }},
         {"network.threads", [](auto& o) { o.network_threads = 65; }},
         {"network.connections_max", [](auto& o) { o.connections_max = 0; }},
         {"socketio.path", [](auto& o) { o.path = "socket.io"; }},
         {"socketio.ping_interval_ms", [](auto& o) { o.ping_interval = -1ms; }},
         {"socketio.ping_timeout_ms", [](auto& o) { o.ping_timeout = 0ms; }},
         {"socketio.connect_timeout_ms", [](auto& o) { o.connect_timeout = 0ms; }},
         {"socketio.max_payload_bytes", [](auto& o) { o.max_payload_bytes = 0; }},
         {"network.outbox_bytes_max", [](auto& o) { o.outbox_bytes_max = 1; }},
         {"recovery.max_disconnection_ms", [](auto& o) { o.max_disconnection = -1ms; }},
         {"recovery.max_disconnection_ms", [](auto& o) { o.max_disconnection = 48h; }},
         {"recovery.log_bytes_max", [](auto& o) { o.recovery_bytes_max = 0; }},
         {"log.level", [](auto& o) { o.log_level = "loud"; }},
         {"socketio.cookie", [](auto& o) { o.cookie = "a b;c"; }},
         {"cors.origins", [](auto& o) { o.cors_origins = {"no origin"}; }},
         {"security.allowed_origins", [](auto& o) { o.allowed_origins = {"no origin"}; }},
         {"no.such_key",
          [](auto& o) {
            o.more = {{"no.such_key", "1"}};
          }},
         {"network.backlog",
          [](auto& o) {
            o.more = {{"network.backlog", "many"}};
          }},
       }) {
    auto options = quiet();
    change(options);
    EXPECT_THAT(complaint(options), HasSubstr(key));
  }
}

TEST_F(LibraryServerTest, AnyOtherSettingMayBeGivenByItsName) {
  auto options = quiet();
  options.network_threads = 1;
  options.more.insert(options.more.end(), {{"network.threads", "2"}, {"socketio.path", "/other/"}});
  EXPECT_EQ(complaint(options), "");
}

} // namespace
} // namespace stentor
