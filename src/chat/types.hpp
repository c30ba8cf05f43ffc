#pragma once

// What the domain speaks of: people, rooms, what members ask for and what came of it.

#include "base/clock.hpp"
#include "base/ids.hpp"

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace stentor {

/// Someone as others see them.
struct user {
  user_id id;
  std::string name;
  std::string email;
  std::string image; ///< URL, or empty
  friend bool operator==(const user&, const user&) = default;
};
using user_ptr = std::shared_ptr<const user>;

enum class room_kind : uint8_t { channel, direct, group };
enum class room_visibility : uint8_t { open, closed }; ///< "public", "private" on the wire
/// Ordered: each may what the one before it may.
enum class member_role : uint8_t { banned, muted, member, moderator, owner };

struct room_info {
  room_id id;
  std::string key; ///< chosen by its creator, or empty
  std::string name;
  std::string topic;
  room_kind kind = room_kind::channel;
  room_visibility visibility = room_visibility::open;
  seqno last_seq = 0;
  wall_time created_at;
  friend bool operator==(const room_info&, const room_info&) = default;
};

/// What clients need to recognise a room: its id, or the key that stands for it.
struct room_label {
  room_id id;
  std::string key;
  room_kind kind = room_kind::channel;
};

/// A room named by a client: by id, or by the key its creator chose.
using room_ref = std::variant<room_id, std::string>;

/// What someone asks of a room. Each becomes at most one event.
struct post_message {
  std::string content;
  std::string client_message_id; ///< empty: a retry cannot be told from a new message
  std::optional<message_id> reply_to;
  friend bool operator==(const post_message&, const post_message&) = default;
};
struct add_member {
  user_id who;
  member_role role = member_role::member;
  friend bool operator==(const add_member&, const add_member&) = default;
};
using operation = std::variant<post_message, add_member>;

/// What the store made of it; never changes.
struct message_posted {
  message_id id;
  user_ptr author;
  std::string content;
  std::string client_message_id;
  std::optional<message_id> reply_to;
};
struct member_added {
  user_id who;
  member_role role = member_role::member;
};

/// One committed operation. `seq` is gapless in its room and given by the transaction.
struct event {
  room_id room;
  seqno seq = 0;
  wall_time at;
  std::variant<message_posted, member_added> what;
};
using event_ptr = std::shared_ptr<const event>;

} // namespace stentor
