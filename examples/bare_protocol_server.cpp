// A Socket.IO server without chat, out of the two lowest floors alone: what the official protocol suites and our wire tests talk to.
//
//   bare_protocol_server [--section.key=VALUE ...]     settings as in config/stentor.toml; prints `ready {"port":…}`
//
// Namespaces `/` and `/custom`: on connection `auth` with the CONNECT payload. On `/`:
//   message (...args)               -> message-back (...args)
//   message-with-ack (...args, ack) -> ack (...args)
//   ask (...args)                   -> asks `question` (...args) with an acknowledgement, and tells `answer` (...what came, or why nothing
//   did)
// With `--socketio.path=/engine.io/`: Engine.IO alone, which sends every message back.

#include "base/log.hpp"
#include "io/server.hpp"
#include "net/connection.hpp"
#include "net/listener.hpp"
#include "net/network.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>

#include <csignal>
#include <cstdio>
#include <thread>

using namespace stentor;

namespace {

class echo_socket final : public io::socket_handler {
public:
  explicit echo_socket(io::socket& socket) : socket_(socket) {}

  void on_event(const std::string& event, std::span<const json> args, io::ack_id ack) override {
    if (event == "message")
      socket_.emit("message-back", args);
    else if (event == "message-with-ack" && ack)
      socket_.acknowledge(*ack, args);
    else if (event == "ask")
      ask(args);
  }
  void on_disconnect(std::string_view) override {}

private:
  void ask(std::span<const json> args) {
    socket_.emit_with_ack("question", args, std::chrono::milliseconds{100}, [this](const auto& answer) {
      if (answer)
        socket_.emit("answer", *answer);
      else
        socket_.emit("answer", std::vector<json>{answer.error().detail});
    });
  }

  io::socket& socket_;
};

/// Lets everyone in, and shows them what they have sent along.
class open_namespace final : public io::namespace_handler {
public:
  explicit open_namespace(bool echoes) : echoes_(echoes) {}

  void on_connect(const std::shared_ptr<io::socket>& guest, const json& auth) override {
    if (echoes_)
      guest->accept(std::make_unique<echo_socket>(*guest));
    else
      guest->accept(std::make_unique<silent>());
    guest->emit("auth", std::vector{auth.is_null() ? json::object() : auth});
  }

private:
  struct silent final : io::socket_handler {
    void on_event(const std::string&, std::span<const json>, io::ack_id) override {}
    void on_disconnect(std::string_view) override {}
  };
  bool echoes_;
};

/// Engine.IO alone.
class echo_connection final : public connection_handler {
public:
  explicit echo_connection(connection& link) : link_(link) { link.keep(); }

  void on_message(std::string_view text) override { link_.send(text); }
  void on_binary(std::string_view bytes) override { link_.push(link_.owner().log().frame(websocket::opcode::binary, bytes)); }
  void on_close(close_reason) override {}

private:
  connection& link_;
};

/// One network thread with what stands on it.
class floor_of final : public application {
public:
  floor_of(caf::actor_system& system, const settings& config, uint32_t index)
    : net(system, config, index), sockets_(net), echoes_messages_(config.socketio.path == "/engine.io/") {
    sockets_.serve("/", root_);
    sockets_.serve("/custom", custom_);
  }

  std::unique_ptr<connection_handler> on_open(connection& client) override {
    if (echoes_messages_)
      return std::make_unique<echo_connection>(client);
    return sockets_.open(client);
  }
  void on_request(http_request, http_reply reply) override { reply({.status = 404, .body = {}, .headers = {}}); }
  void on_deliver(const deliver& news) override { sockets_.tell(news); }

  network net;
  std::thread thread;

private:
  open_namespace root_{true}, custom_{false};
  io::server sockets_;
  bool echoes_messages_;
};

struct actors_config : caf::actor_system_config {
  actors_config() {
    add_message_types<caf::id_block::stentor_net>();
    set("scheduler.policy", caf::atom("sharing"));
    set("scheduler.max-threads", size_t{1});
  }
};

result<settings> settings_from(std::span<char*> arguments) {
  auto all = settings{};
  all.server.host = "localhost";
  all.server.port = 3000;
  all.socketio.ping_interval_ms = 300;
  all.socketio.ping_timeout_ms = 200;
  all.socketio.connect_timeout_ms = 1000;
  for (std::string_view argument : arguments) {
    auto name = argument.substr(std::min<size_t>(2, argument.size())), value = name;
    name = name.substr(0, name.find('='));
    value.remove_prefix(std::min(name.size() + 1, value.size()));
    auto next = with_text(std::move(all), name, value, "command line");
    if (!next)
      return next;
    all = *std::move(next);
  }
  return all;
}

int serve(const settings& config) {
  auto stops = sigset_t{};
  sigemptyset(&stops);
  sigaddset(&stops, SIGTERM);
  sigaddset(&stops, SIGINT);
  pthread_sigmask(SIG_BLOCK, &stops, nullptr);
  auto with = actors_config{};
  auto system = caf::actor_system{with};
  std::vector<std::unique_ptr<floor_of>> floors;
  std::vector<network*> networks;
  for (uint32_t i = 0; i < config.network.threads; ++i)
    networks.push_back(&floors.emplace_back(std::make_unique<floor_of>(system, config, i))->net);
  for (auto& floor : floors) {
    floor->net.serve(*floor, networks);
    floor->thread = std::thread{[&net = floor->net] { net.run(); }};
  }
  auto door = listener::open(config, networks);
  if (door) {
    (*door)->start();
    std::printf("ready {\"port\":%u}\n", unsigned{(*door)->port()});
    std::fflush(stdout);
    auto signal = 0;
    sigwait(&stops, &signal);
    (*door)->stop();
  } else
    std::fprintf(stderr, "%s\n", door.error().detail.c_str());
  for (auto& floor : floors) {
    auto& net = floor->net;
    boost::asio::post(net.io(), [&net] { net.drain([&net] { net.release(); }); });
  }
  for (auto& floor : floors)
    floor->thread.join();
  return door ? 0 : 1;
}

} // namespace

int main(int count, char** arguments) {
  auto config = settings_from(std::span{arguments, static_cast<size_t>(count)}.subspan(1));
  if (!config) {
    std::fprintf(stderr, "%s\n", config.error().detail.c_str());
    return 2;
  }
  log::start(config->log);
  return serve(*config);
}
