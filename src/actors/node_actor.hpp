#pragma once

#include "actors/protocol.hpp"

#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <chrono>
#include <functional>
#include <vector>

namespace stentor {

/// Everything that is to end, in the order in which it ends.
struct house {
  std::vector<network_actor> networks;
  directory_actor directory;
  registry_actor registry;
  presence_actor presence;
  accounts_actor accounts;
  std::vector<hasher_actor> hashers;
  persistence_actor persistence;
  std::vector<reader_actor> readers;
};

struct drain_policy {
  std::chrono::milliseconds timeout{4000}; ///< of all steps together, …
  std::chrono::milliseconds grace{200};    ///< … but each has at least this
  std::function<void()> hurry = [] {};     ///< makes the store wait no longer for locks
};

/// Ends the house: clients first (what is in flight is still answered), then rooms, then what they write with.
/// The caller closes the listener before and releases the network threads after.
///
/// When three quarters of the time are over, whatever waits for a lock is refused, so that clients hear it before they are cut. A step
/// that takes too long is left behind.
class node_host {
public:
  using handle = node_actor;
  static inline const char* name = "node";

  node_host(handle::pointer self, house parts, drain_policy policy);
  handle::behavior_type make_behavior();

private:
  enum class step : uint8_t { none, networks, registry, rooms, end };

  caf::result<drained> on_drain();
  void on_time_is_up(const time_is_up& what);
  void go_on();
  void drain_networks();
  template <class Actor>
  void drain_one(const Actor& whom);
  void on_drained(step in);
  void stop_the_rest();

  handle::pointer self_;
  house parts_;
  drain_policy policy_;
  step step_ = step::none;
  size_t left_ = 0; ///< of this step: answers that are to come
  steady_time deadline_;
  std::vector<caf::typed_response_promise<drained>> drains_;
};

} // namespace stentor
