#pragma once

#include "actors/protocol.hpp"

#include <caf/typed_event_based_actor.hpp>

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

/// Ends the house: clients first (what is in flight is still answered), then rooms, then what they write with.
/// The caller closes the listener before and releases the network threads after.
class node_host {
public:
  using handle = node_actor;
  static inline const char* name = "node";

  node_host(handle::pointer self, house parts);
  handle::behavior_type make_behavior();

private:
  caf::result<drained> on_drain();
  void drain_rooms(caf::typed_response_promise<drained> to);
  void stop_the_rest();

  handle::pointer self_;
  house parts_;
};

} // namespace stentor
