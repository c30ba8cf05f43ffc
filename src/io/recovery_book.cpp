#include "io/recovery_book.hpp"

#include "io/socket.hpp"
#include "net/network.hpp"
#include "protocol/engineio.hpp"

namespace stentor::io {

constexpr size_t epoch_bytes = 8;

recovery_book::recovery_book(const network& below)
  : below_(below), log_(engineio::make_sid().substr(0, epoch_bytes), below.config().recovery.log_bytes_max) {
}

bool recovery_book::is_open() const {
  return below_.config().recovery.max_disconnection_ms > 0;
}

bool recovery_book::can_replay(std::span<const logged_range> missed) const {
  auto left = below_.config().network.outbox_bytes_max / 2;
  for (auto range : missed) {
    if (!log_.has(range))
      return false;
    for (auto n = range.first; n < range.last; ++n) {
      auto size = log_[n].bytes();
      if (size > left)
        return false;
      left -= size;
    }
  }
  return true;
}

std::string recovery_book::enter(const std::shared_ptr<socket>& who) {
  auto pid = engineio::make_sid();
  pid[0] = network::sid_letter(below_.index());
  by_pid_.emplace(pid, who);
  return pid;
}

std::shared_ptr<socket> recovery_book::find(const std::string& pid) const {
  auto found = by_pid_.find(pid);
  return found == by_pid_.end() ? nullptr : found->second.lock();
}

bool recovery_book::hold(std::shared_ptr<socket> lost) {
  if (lost_.size() >= below_.config().recovery.lost_sockets_max)
    return false;
  lost_.emplace(lost.get(), std::move(lost));
  return true;
}

} // namespace stentor::io
