#pragma once

#include "base/result.hpp"
#include "chat/types.hpp"

#include <deque>
#include <span>
#include <unordered_map>

namespace stentor {

/// What a room lets through, and how much of its newest past it keeps in memory for those who come back.
struct room_limits {
  size_t message_bytes_max = 65'536;
  size_t tail_operations_max = 32;
  size_t tail_bytes_max = 16'384;
};

/// One room's rules over what is committed. Numbers nothing: `seq` comes with the commit.
///
/// Holds no actor, socket, clock or database. Not thread-safe; one owner at a time (the room actor, or a test).
class room {
public:
  explicit room(room_info info, room_limits limits = {}) : info_(std::move(info)), limits_(limits) {}

  const room_info& info() const noexcept { return info_; }
  seqno last_seq() const noexcept { return info_.last_seq; }
  size_t member_count() const noexcept { return members_.size(); }

  /// Takes in a member that the store knows already.
  void admit(user_id who, member_role role) { members_[who] = role; }

  /// The role of `who`, if it has one.
  std::optional<member_role> role_of(user_id who) const;

  /// Whether `who` may hear this room. A stranger cannot tell a closed room from one that does not exist.
  result<member_role> may_hear(user_id who) const;

  /// Whether `what` may go to the store.
  result<operation> decide(user_id who, operation what) const;

  /// Takes in one committed event. Requires: it follows `last_seq()` without a gap.
  void apply(const event_ptr& what);

  /// Everything after `seq`, oldest first; nothing if the tail does not reach back that far.
  std::optional<std::vector<event_ptr>> since(seqno seq) const;

private:
  bool reaches(seqno seq) const { return seq >= last_seq() || (!tail_.empty() && tail_.front()->seq <= seq + 1); }

  room_info info_;
  room_limits limits_;
  std::unordered_map<user_id, member_role> members_;
  std::deque<event_ptr> tail_;
  size_t tail_bytes_ = 0;
};

} // namespace stentor
