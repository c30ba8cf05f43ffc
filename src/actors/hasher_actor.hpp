#pragma once

#include "actors/protocol.hpp"

#include <caf/typed_event_based_actor.hpp>

namespace stentor {

/// Hashes passwords with base/password.hpp. Spawn detached: a hash takes tens of milliseconds and 19 MiB.
class hasher_host {
public:
  using handle = hasher_actor;
  static inline const char* name = "hasher";

  explicit hasher_host(handle::pointer) {}
  handle::behavior_type make_behavior();
};

} // namespace stentor
