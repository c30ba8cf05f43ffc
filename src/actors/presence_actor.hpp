#pragma once

#include "actors/network_list.hpp"
#include "actors/reader_pool.hpp"
#include "chat/presence_book.hpp"

namespace stentor {

/// Makes of a change what connections are told; knows the dialects, which presence does not.
using status_announcer = std::function<broadcast_ptr(const status_change& what)>;

struct presence_policy {
  std::chrono::milliseconds grace{5000};
  std::chrono::milliseconds tick{100};
  size_t room_members_max = 200;
};

/// Runs the presence_book. Tells changes once per tick to those who share a room with the user, each socket once.
///
/// It always asks the same reader, and one question at a time: so changes of one user are told in their order.
class presence_host {
public:
  using handle = presence_actor;
  static inline const char* name = "presence";

  presence_host(handle::pointer self, reader_pool readers, network_list networks, status_announcer announce, presence_policy policy,
                steady_clock_fn now);
  handle::behavior_type make_behavior();

private:
  void on_online(const online& what);
  void on_offline(const offline& what);
  caf::result<statuses> on_ask_status(const ask_status& what);
  caf::result<user_list> on_ask_online(const ask_online& what);
  void on_announce();
  void announce_later();
  void announce(const std::vector<status_change>& changes, const user_lists& audiences);

  handle::pointer self_;
  reader_pool readers_;
  network_list networks_;
  status_announcer announce_;
  presence_policy policy_;
  steady_clock_fn now_;
  presence_book book_;
  bool announcing_ = false; ///< a round is due or under way
};

} // namespace stentor
