#pragma once

#include "actors/node_actor.hpp"
#include "actors/protocol.hpp"
#include "actors/reader_pool.hpp"
#include "api/api.hpp"
#include "base/settings.hpp"
#include "engine/chat_engine.hpp"
#include "net/listener.hpp"
#include "net/network.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>

#include <memory>
#include <stop_token>
#include <thread>
#include <vector>

namespace stentor {

/// The whole house, put together in the order in which its parts need each other.
class server {
public:
  /// Opens database and port, starts actors and threads. Fails with one line that says what to do.
  static result<std::unique_ptr<server>> start(const settings& config, const std::string& secret);
  ~server();

  const std::string& host() const { return config_.server.host; }
  uint16_t port() const { return listener_->port(); }

  /// Accepts no more, finishes what is in flight, tells the clients, ends. Returns when all is done.
  void stop();

private:
  server(const settings& config);
  result<bool> build(const std::string& secret);
  void spawn_people(house& parts, const reader_pool& readers);

  struct actors_config : caf::actor_system_config {
    explicit actors_config(const actors_settings& from);
  };
  /// What runs on one network thread.
  struct floor {
    std::unique_ptr<network> net;
    std::unique_ptr<chat_engine> engine;
    std::unique_ptr<api::service> rest;
    std::thread thread;
  };

  settings config_;
  std::stop_source hurry_; ///< what waits for a lock of the database waits no longer
  actors_config actors_config_;
  std::unique_ptr<caf::actor_system> system_;
  std::vector<floor> floors_;
  std::unique_ptr<listener> listener_;
  node_actor node_;
};

} // namespace stentor
