#include "chat/presence_book.hpp"

namespace stentor {

void presence_book::arrive(user_id who, device_id device, connection_id where) {
  auto& mine = users_[who];
  mine.devices.emplace(device, where);
  if (mine.announced)
    unsettled_.erase(who);
  else
    unsettled_.insert(who);
}

void presence_book::leave(user_id who, device_id device, steady_time now) {
  auto found = users_.find(who);
  if (found == users_.end() || found->second.devices.erase(device) == 0 || !found->second.devices.empty())
    return;
  found->second.gone_at = now;
  unsettled_.insert(who);
}

void presence_book::add_connections(user_id who, std::vector<connection_id>& to) const {
  if (auto found = users_.find(who); found != users_.end())
    for (const auto& [device, where] : found->second.devices)
      to.push_back(where);
}

std::vector<status_change> presence_book::take_changes(steady_time now, size_t most) {
  std::vector<status_change> changes;
  for (auto at = unsettled_.begin(); at != unsettled_.end() && changes.size() < most;) {
    auto who = *at;
    auto& mine = users_.at(who);
    auto is_here = !mine.devices.empty();
    if (!is_here && now < mine.gone_at + grace_) {
      ++at;
      continue;
    }
    if (is_here)
      changes.push_back({who, mine.announced = true});
    else {
      if (mine.announced)
        changes.push_back({who, false});
      users_.erase(who);
    }
    at = unsettled_.erase(at);
  }
  return changes;
}

} // namespace stentor
