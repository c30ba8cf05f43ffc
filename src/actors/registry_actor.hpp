#pragma once

#include "actors/protocol.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <deque>
#include <functional>
#include <unordered_map>

namespace stentor {

/// Starts the session of a user who comes online.
using session_starter = std::function<session_actor(caf::local_actor& parent, user_id who)>;

/// Knows the session of everybody who is online, and how many sockets each has been given.
///
/// A socket comes in two steps: its token is read from the store, then it is attached here. Whoever is expelled between the two is
/// remembered for a while, so that the second step refuses what the first one let through.
class registry_host {
public:
  using handle = registry_actor;
  static inline const char* name = "registry";

  registry_host(handle::pointer self, session_starter start, rate_limits limits, steady_clock_fn now);
  handle::behavior_type make_behavior();

private:
  struct entry {
    session_actor session;
    size_t devices = 0;
    rate_cells_ptr cells;
  };
  struct expelled {
    expel what;
    steady_time at;
  };

  caf::result<attached> on_attach(const attach& what);
  void on_detach(const detach& what);
  caf::result<renewed> on_renew(const renew& what);
  void on_expel(const expel& what);
  void on_pardon(const pardon& what);
  caf::result<counted> on_count(const count_action& what);
  caf::result<drained> on_drain();

  bool is_expelled(const identity& who);
  entry& session_of(user_id who, steady_time now);
  void forget_expelled(steady_time now);

  handle::pointer self_;
  session_starter start_;
  rate_limits limits_;
  steady_clock_fn now_;
  std::unordered_map<user_id, entry> online_;
  rate_book rates_; ///< of users and of addresses
  std::deque<expelled> expelled_;
  device_id last_device_ = 0;
  bool draining_ = false;
};

} // namespace stentor
