#pragma once

#include "actors/protocol.hpp"
#include "store/database.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <memory>

namespace stentor {

/// Owns one reading connection. Spawn detached: it blocks on the disk.
class reader_host {
public:
  using handle = reader_actor;
  static inline const char* name = "reader";

  reader_host(handle::pointer self, std::shared_ptr<store::database> db);
  handle::behavior_type make_behavior();

private:
  caf::result<user_lists> on_find_acquaintances(const find_acquaintances& what);

  std::shared_ptr<store::database> db_;
  std::unique_ptr<store::history> history_;
  std::unique_ptr<store::counter> counter_;
};

} // namespace stentor
