#pragma once

#include "actors/protocol.hpp"
#include "actors/reader_pool.hpp"
#include "base/metrics.hpp"

#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <functional>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace stentor {

/// Starts the actor of a room out of its stored image.
using room_starter = std::function<room_actor(caf::local_actor& parent, store::room_image_ptr image)>;

/// Finds rooms by id or key. Each living room has one actor; whoever asks while it loads waits for it.
///
/// A room that is idle is let go, unless somebody has found it since it last said so: they may be about to ask it something. It ends
/// before another one is loaded in its place; who asks meanwhile waits. A room that dies (a bug) is logged and started
/// afresh when it is next asked for.
class directory_host {
public:
  using handle = directory_actor;
  static inline const char* name = "directory";

  directory_host(handle::pointer self, reader_pool readers, room_starter start);
  handle::behavior_type make_behavior();

private:
  using reply = caf::typed_response_promise<found_room>;
  struct living {
    found_room where;
    bool was_found = true; ///< since it was last idle
    bool rests = false;    ///< asked to end; it may refuse
  };

  caf::result<found_room> on_find(const find_room& what);
  caf::result<drained> on_drain();
  void find(room_id room, reply to);
  void load(room_id room);
  void answer_one(reply to, const result<found_room>& what);
  void answer_all(room_id room, const result<found_room>& what);
  void on_loaded(room_id room, const store::room_image_ptr& image);
  void watch(room_id room);
  void on_idle(room_id room);
  void on_rested(room_id room, bool has_ended);
  void forget(room_id room);
  void on_down(const caf::actor_addr& who, const caf::error& why);
  void on_drained(room_id room);
  void end_if_drained();
  void end_rooms();

  handle::pointer self_;
  reader_pool readers_;
  room_starter start_;
  std::unordered_map<room_id, living> rooms_;
  size_t asking_ = 0;                                       ///< questions that are not answered
  std::unordered_map<room_id, std::vector<reply>> loading_; ///< who waits for a room that is loaded, or rests
  metrics::share waiting_{metrics::metric::rooms_loading};
  bool draining_ = false;
  std::unordered_set<room_id> not_drained_; ///< rooms that the drain waits for
  std::vector<caf::typed_response_promise<drained>> drains_;
};

} // namespace stentor
