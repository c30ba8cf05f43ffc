#pragma once

#include "actors/protocol.hpp"
#include "store/database.hpp"

#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <memory>

namespace stentor {

/// Owns the one writing connection. The first operation that arrives asks it to commit; by the time that message is its turn,
/// everything that had queued up behind is in the same transaction. Spawn detached: it blocks on the disk.
class persistence_host {
public:
  using handle = persistence_actor;
  static inline const char* name = "persistence";

  persistence_host(handle::pointer self, std::shared_ptr<store::database> db);
  handle::behavior_type make_behavior();

private:
  caf::result<appended> on_append(const append& what);
  void on_commit();

  handle::pointer self_;
  std::shared_ptr<store::database> db_;
  std::unique_ptr<store::journal> journal_;
  std::vector<store::batch> batches_;
  std::vector<caf::typed_response_promise<appended>> replies_; ///< one for each of batches_
};

} // namespace stentor
