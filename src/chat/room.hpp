#pragma once

#include "base/result.hpp"
#include "chat/types.hpp"

#include <array>
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

/// How much of a message others quote.
constexpr size_t quoted_bytes_max = 1024;

/// One room's rules over what is committed. Numbers nothing: `seq` comes with the commit.
///
/// Holds no actor, socket, clock or database. Not thread-safe; one owner at a time (the room actor, or a test).
class room {
public:
  explicit room(room_info info, room_limits limits = {});

  const room_info& info() const noexcept { return info_; }
  seqno last_seq() const noexcept { return info_.last_seq; }
  /// Those who may hear it.
  size_t member_count() const noexcept { return members_.size() - count(member_role::banned); }

  /// Takes in a member that the store knows already.
  void admit(user_id who, member_role role);

  /// The role of `who`, if it has one.
  std::optional<member_role> role_of(user_id who) const;

  /// Whether `who` may speak in this room, as far as that is not about what they say.
  result<member_role> may_speak(user_id who) const;

  /// Whether `who` may hear this room. A stranger cannot tell a closed room from one that does not exist.
  result<member_role> may_hear(user_id who) const;

  /// Whether `what` may go to the store, and with which reach. Decided on what is committed: whatever waits behind an operation
  /// that `changes_rights` is to be decided again.
  result<operation> decide(user_id who, operation what) const;

  /// Takes in one committed event. Requires: it follows `last_seq()` without a gap.
  void apply(const event_ptr& what);

  /// Everything after `seq`, oldest first; nothing if the tail does not reach back that far.
  std::optional<std::vector<event_ptr>> since(seqno seq) const;

private:
  result<operation> decide_self(user_id who, const operation& what) const;
  std::optional<failure> refusal(user_id who, member_role own, operation& what) const;
  void forget(user_id who);
  void retain(const event_ptr& what);
  void redact(message_id deleted);
  size_t count(member_role role) const { return counts_[static_cast<size_t>(role)]; }
  size_t& count(member_role role) { return counts_[static_cast<size_t>(role)]; }

  room_info info_;
  room_limits limits_;
  std::unordered_map<user_id, member_role> members_;
  std::array<size_t, 5> counts_{}; ///< of members, by role
  std::deque<event_ptr> tail_;     ///< without what happened to messages that are deleted
  size_t tail_bytes_ = 0;
  seqno tail_after_; ///< it has everything after this position
};

/// What an event weighs in memory, with what it quotes, in bytes.
size_t weight(const event& what);

/// What an event takes in the words of any dialect, in bytes; a little too much rather than too little.
size_t wire_bytes(const event& what);

/// Whether what comes after it may have to be decided otherwise.
bool changes_rights(const operation& what);

} // namespace stentor
