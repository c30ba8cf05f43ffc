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

/// Whose messages an operation may touch.
enum class whose : uint8_t { own, anyones };

/// What someone asks of a room. Each becomes at most one event.
struct post_message {
  std::string content;
  std::string client_message_id; ///< empty: a retry cannot be told from a new message
  std::optional<message_id> reply_to;
  friend bool operator==(const post_message&, const post_message&) = default;
};
struct edit_message {
  message_id id;
  std::string content;
  std::string client_op_id; ///< as client_message_id
  friend bool operator==(const edit_message&, const edit_message&) = default;
};
struct delete_message {
  message_id id;
  std::string client_op_id;
  whose reach = whose::own; ///< the room's to say
  friend bool operator==(const delete_message&, const delete_message&) = default;
};
struct add_reaction {
  message_id message;
  std::string emoji;
  friend bool operator==(const add_reaction&, const add_reaction&) = default;
};
struct remove_reaction {
  message_id message;
  std::string emoji;
  friend bool operator==(const remove_reaction&, const remove_reaction&) = default;
};
struct add_member {
  user_id who;
  member_role role = member_role::member;
  friend bool operator==(const add_member&, const add_member&) = default;
};
/// By themselves: they leave. By others: they are kicked, or no longer banned.
struct remove_member {
  user_id who;
  friend bool operator==(const remove_member&, const remove_member&) = default;
};
/// Bans and mutes, too.
struct change_role {
  user_id who;
  member_role role = member_role::member;
  friend bool operator==(const change_role&, const change_role&) = default;
};
/// What is not set stays as it is.
struct change_room {
  std::optional<std::string> name;
  std::optional<std::string> topic;
  std::optional<room_visibility> visibility;
  friend bool operator==(const change_room&, const change_room&) = default;
};
struct delete_room {
  friend bool operator==(const delete_room&, const delete_room&) = default;
};
using operation = std::variant<post_message, edit_message, delete_message, add_reaction, remove_reaction, add_member, remove_member,
                               change_role, change_room, delete_room>;

struct reaction {
  reaction_id id;
  std::string emoji;
  user_ptr who;
  wall_time at;
};

struct event;
using event_ptr = std::shared_ptr<const event>;

/// What the store made of it; never changes.
struct message_posted {
  message_id id;
  user_ptr author;
  std::string content;
  std::string client_message_id;
  std::optional<message_id> reply_to;
  event_ptr quoted = {};                   ///< what it replies to, itself without a quotation; null once that is deleted
  std::optional<wall_time> edited_at = {}; ///< in what was read later: `content` is that of then
  std::vector<reaction> reactions = {};    ///< in what was read later
};
struct member_added {
  user_id who;
  member_role role = member_role::member;
};
struct message_edited {
  message_id id;
  std::string content;
  std::string client_op_id;
};
struct message_deleted {
  message_id id;
  std::string client_op_id;
};
struct reaction_added {
  message_id message;
  reaction what;
};
struct reaction_removed {
  message_id message;
  std::string emoji;
};
struct member_removed {
  user_id who;
};
struct role_changed {
  user_id who;
  member_role role = member_role::member;
};
/// What is not set has not changed.
struct room_changed {
  std::optional<std::string> name;
  std::optional<std::string> topic;
  std::optional<room_visibility> visibility;
};
struct room_deleted {};

/// What can happen in a room. Stored by its place: a new kind goes to the end.
using happening = std::variant<message_posted, member_added, message_edited, message_deleted, reaction_added, reaction_removed,
                               member_removed, role_changed, room_changed, room_deleted>;

/// The place of a kind of happening.
template <class Kind>
inline constexpr size_t kind_of = [] {
  return []<class... Kinds>(const std::variant<Kinds...>*) {
    size_t place = 0;
    static_cast<void>(((std::is_same_v<Kind, Kinds> || (++place, false)) || ...));
    return place;
  }(static_cast<const happening*>(nullptr));
}();

/// One committed operation. `seq` is gapless in its room and given by the transaction.
struct event {
  room_id room;
  seqno seq = 0;
  wall_time at;
  happening what;
  user_id by = {}; ///< who asked for it
};

/// The message that an event is about, if it is about one.
std::optional<message_id> message_of(const event& what);

/// Whom an event sends out of its room: one user, everyone, or nobody.
struct everyone {};
using departure = std::variant<std::monostate, user_id, everyone>;
departure departure_of(const event& what);

/// What passes and is not stored.
struct typing_started {};
struct typing_stopped {};
struct hint {
  user_ptr who;
  std::variant<typing_started, typing_stopped> what;
};
using hint_ptr = std::shared_ptr<const hint>;

} // namespace stentor
