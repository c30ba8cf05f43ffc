#pragma once

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "chat/device_list.hpp"

#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace stentor {

/// Someone has come online, or gone.
struct status_change {
  user_id who;
  bool is_online = false;
  friend bool operator==(const status_change&, const status_change&) = default;
};

/// Who is online: from their first device until some time after their last one has left, so that a reconnect is no news.
/// Holds no actor and no clock. Not thread-safe.
class presence_book {
public:
  explicit presence_book(std::chrono::milliseconds grace) : grace_(grace) {}

  void arrive(user_id who, device_id device, connection_id where);
  void leave(user_id who, device_id device, steady_time now);

  bool is_online(user_id who) const { return users_.contains(who); }
  size_t online_count() const { return users_.size(); }
  /// Appends where the user's devices are.
  void add_connections(user_id who, std::vector<connection_id>& to) const;

  /// What has changed since it was last taken and is final by `now`; at most `most` users, the rest next time.
  std::vector<status_change> take_changes(steady_time now, size_t most);
  /// Whether there is anything to take, now or later.
  bool has_changes() const { return !unsettled_.empty(); }

private:
  struct presence {
    std::unordered_map<device_id, connection_id> devices;
    bool announced = false; ///< others have been told that they are online
    steady_time gone_at;    ///< when the last device left, if there is none
  };

  std::chrono::milliseconds grace_;
  std::unordered_map<user_id, presence> users_;
  std::unordered_set<user_id> unsettled_; ///< online and not announced, or announced and without a device
};

} // namespace stentor
