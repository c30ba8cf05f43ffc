#pragma once

#include "io/recovery_log.hpp"

#include <memory>
#include <span>
#include <string>
#include <unordered_map>

namespace stentor {
class network;
}

namespace stentor::io {

class socket;

/// Which sockets of one network thread may come back, and what they were told. Not thread-safe.
class recovery_book {
public:
  explicit recovery_book(const network& below);

  /// Whether any may.
  bool is_open() const;
  recovery_log& log() { return log_; }
  /// Whether all of it is kept, and finds room in a client's outbox beside what comes meanwhile.
  bool can_replay(std::span<const logged_range> missed) const;

  /// A new secret for a socket that may come back. It begins with the letter of its thread.
  std::string enter(const std::shared_ptr<socket>& who);
  void leave(const std::string& pid) { by_pid_.erase(pid); }
  /// The secret is this socket's now.
  void pass(const std::string& pid, const std::shared_ptr<socket>& to) { by_pid_.insert_or_assign(pid, to); }
  /// The socket of that secret, if it is on this thread, lost or not.
  std::shared_ptr<socket> find(const std::string& pid) const;

  /// Holds a lost socket; false if there are too many.
  bool hold(std::shared_ptr<socket> lost);
  void release(const socket& lost) { lost_.erase(&lost); }

private:
  const network& below_;
  recovery_log log_;
  std::unordered_map<std::string, std::weak_ptr<socket>> by_pid_;
  std::unordered_map<const socket*, std::shared_ptr<socket>> lost_;
};

} // namespace stentor::io
