#pragma once

#include "actors/network_list.hpp"

namespace stentor {

/// Runs one user's device_list. Ends itself when the last device has left.
class session_host {
public:
  using handle = session_actor;
  static inline const char* name = "session";

  session_host(handle::pointer self, user_id who, network_list networks, presence_actor presence);
  handle::behavior_type make_behavior();

private:
  void on_came(const device_came& what);
  void on_left(const device_left& what);
  void on_expel(const expel& what);

  handle::pointer self_;
  user_id who_;
  network_list networks_;
  presence_actor presence_;
  device_list devices_;
};

} // namespace stentor
