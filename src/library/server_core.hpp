#pragma once

#include "base/settings.hpp"
#include "io/server.hpp"
#include "library/work_queue.hpp"
#include "net/listener.hpp"
#include "net/network.hpp"
#include "stentor/options.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <regex>
#include <set>
#include <shared_mutex>
#include <string>
#include <thread>
#include <unordered_set>
#include <utility>
#include <vector>

namespace stentor {

struct socket_core;
struct space;

/// What stands behind a `stentor::server`: network threads, workers, namespaces. What is left of it after `close` does nothing, and lives
/// as long as somebody has a handle.
struct server_core : std::enable_shared_from_this<server_core> {
  explicit server_core(const server_options& options);
  ~server_core();

  /// One network thread with Socket.IO on it.
  struct floor final : application {
    floor(server_core& core, uint32_t index) : core(core), net(*core.system, core.config, index), sockets(net) {}
    bool decides() const override { return core.allow_request != nullptr; }
    void on_handshake(const http_request& request, const handshake_verdict& decide) override;
    std::unique_ptr<connection_handler> on_open(connection& client) override { return sockets.open(client); }
    void on_request(http_request, http_reply reply) override { reply({.status = 404, .body = {}, .headers = {}}); }
    void on_deliver(const deliver& news) override { sockets.tell(news); }

    server_core& core;
    network net;
    io::server sockets;
    std::thread thread;
    std::unordered_set<std::shared_ptr<socket_core>> guests; ///< at whom middleware looks
  };

  /// The namespace, which is made if there is none of that name and no regular expression matches it. Any thread.
  std::shared_ptr<space> of(const std::string& name);
  std::shared_ptr<space> of(const std::regex& pattern);
  std::shared_ptr<space> of(const io::server::matcher& matches);

  /// Calls it on that network thread, soon; in the order of asking. False, and nothing happens, when the threads have ended. Any thread.
  bool on_thread(size_t index, std::function<void(floor&)> what);
  bool on_every_thread(const std::function<void(floor&)>& what);

  /// Whether the first arguments have come that do not fit the handlers of that event, which the program should hear of. False if there
  /// are many such events: clients may send much nonsense. Any thread.
  bool is_new_misfit(const std::string& event);

  void listen();
  void run();
  void stop();
  void close();
  /// In the thread that calls, unless they were blocked before the server was made.
  void unblock_signals() const;

  struct actors_config : caf::actor_system_config {
    explicit actors_config(size_t workers);
  };

  settings config;
  bool takes_signals;
  bool blocks_signals = false;  ///< they were not blocked before
  bool was_told_to_end = false; ///< by a signal
  bool recovery_skips_middleware;
  size_t events_pending_max;
  std::function<void(const handshake&, const verdict&)> allow_request;
  std::atomic<size_t> overheard = 0;          ///< of how many sockets someone listens to what they are sent
  std::atomic<size_t> handshakes_pending = 0; ///< which `allow_request` has not seen yet
  actors_config actors;
  int wake;         ///< an eventfd: `run` returns
  work_queue queue; ///< for answers that no socket has asked for
  std::atomic<uint16_t> port = 0;

  std::mutex life; ///< held by `listen` and `close`, guards the next two
  bool closed = false;
  std::unique_ptr<listener> door;

  std::shared_mutex posting; ///< shared by those who post to network threads
  bool floors_have_ended = false;
  // Until `close`.
  std::unique_ptr<caf::actor_system> system;
  std::vector<std::unique_ptr<floor>> floors;

  std::mutex misfits_lock; ///< guards the next one
  std::set<std::string> misfits;

  std::mutex naming; ///< guards the next two
  std::map<std::string, std::shared_ptr<space>> spaces;
  std::vector<std::pair<std::optional<std::regex>, std::shared_ptr<space>>> patterns; ///< in the order of serving

private:
  std::shared_ptr<space> serve(const io::server::matcher& matches, const std::optional<std::regex>& pattern);
  void end_floors();
  void end_queues();
  void forget_spaces();
};

} // namespace stentor
