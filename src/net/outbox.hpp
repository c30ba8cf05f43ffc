#pragma once

#include "net/frame_log.hpp"

#include <string>
#include <vector>

namespace stentor {

/// What one connection has yet to be sent: first the backlog that its socket refused, then frames of the tick's log.
///
/// Bounded: with more than `bytes_max` in the backlog the peer is too slow and to be dropped.
/// Once sealed (by a close frame), it takes nothing more. Pure; owned by the connection.
class outbox {
public:
  explicit outbox(size_t bytes_max) : bytes_max_(bytes_max) {}
  outbox(const outbox&) = delete;
  outbox& operator=(const outbox&) = delete;
  ~outbox();

  /// Adds frames of the log, in its order. A range that is the newest already is not added twice.
  void push(frame_range frames);
  void seal() { sealed_ = true; }
  /// What another outbox had not sent; comes before everything else.
  void restore(std::string unsent);

  bool empty() const { return backlog_.empty() && pending_.empty(); }
  bool sealed() const { return sealed_; }
  size_t backlog_bytes() const { return backlog_.size(); }
  /// Of the tick.
  size_t pending_bytes(const frame_log& log) const;

  /// The bytes to write now. Valid until the next call.
  std::string_view unsent(frame_log& log);
  /// The first `size` of `unsent` were written; the rest becomes backlog, and the log may be cleared.
  /// False if that is over the budget.
  bool sent(size_t size, frame_log& log);

private:
  void count();

  size_t bytes_max_;
  size_t counted_ = 0; ///< of the backlog, in the metric
  bool sealed_ = false;
  std::string backlog_;
  std::vector<frame_range> pending_;
};

} // namespace stentor
