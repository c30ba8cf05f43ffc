#include "engineio_echo.hpp"

#include "base/log.hpp"
#include "base/settings.hpp"
#include "net/connection.hpp"
#include "net/listener.hpp"
#include "net/network.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>

#include <csignal>
#include <cstdio>
#include <stdexcept>
#include <thread>

using namespace stentor;

namespace {

class echo_connection final : public connection_handler {
public:
  explicit echo_connection(connection& link) : link_(link) { link.keep(); }

  void on_message(std::string_view text) override { link_.send(text); }
  void on_binary(std::string_view bytes) override { link_.send(encoded_packet{{}, {std::string{bytes}}}); }
  void on_close(close_reason) override {}

private:
  connection& link_;
};

class echo_application final : public application {
public:
  std::unique_ptr<connection_handler> on_open(connection& client) override { return std::make_unique<echo_connection>(client); }
  void on_request(http_request, http_reply reply) override { reply(error_answer(404, "NotFoundError", "Not Found")); }
  void on_deliver(const deliver&) override {}
};

struct actors_config : caf::actor_system_config {
  actors_config() {
    add_message_types<caf::id_block::stentor_net>();
    set("scheduler.policy", caf::atom("sharing"));
    set("scheduler.max-threads", size_t{1});
  }
};

settings settings_from(const std::vector<std::pair<std::string, std::string>>& keys) {
  auto all = settings{};
  all.server.host = "localhost";
  all.server.port = 3000;
  all.socketio.ping_interval_ms = 300;
  all.socketio.ping_timeout_ms = 200;
  all.socketio.connect_timeout_ms = 1000;
  all.security.check_origin = false;
  for (const auto& [key, value] : keys) {
    auto next = with_text(std::move(all), key, value, "command line");
    if (!next)
      throw std::runtime_error(next.error().detail);
    all = *std::move(next);
  }
  return all;
}

} // namespace

int engineio_echo(const std::vector<std::pair<std::string, std::string>>& keys) {
  auto config = settings_from(keys);
  log::start(config.log);
  auto stops = sigset_t{};
  sigemptyset(&stops);
  sigaddset(&stops, SIGTERM);
  sigaddset(&stops, SIGINT);
  pthread_sigmask(SIG_BLOCK, &stops, nullptr);
  auto with = actors_config{};
  auto system = caf::actor_system{with};
  auto top = echo_application{};
  auto net = network{system, config, 0};
  net.serve(top, {&net});
  auto door = listener::open(config, {&net});
  if (!door) {
    net.release();
    net.run();
    throw std::runtime_error(door.error().detail);
  }
  auto thread = std::thread{[&net] { net.run(); }};
  (*door)->start();
  std::printf("ready {\"port\":%u}\n", unsigned{(*door)->port()});
  std::fflush(stdout);
  auto signal = 0;
  sigwait(&stops, &signal);
  (*door)->stop();
  boost::asio::post(net.io(), [&net] { net.drain([&net] { net.release(); }); });
  thread.join();
  return 0;
}
