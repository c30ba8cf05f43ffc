#pragma once

#include "base/result.hpp"
#include "chat/types.hpp"
#include "store/accounts.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace stentor::store {

class database;

/// A room as it starts to live: everything that its actor decides on.
struct room_image {
  room_info info;
  std::vector<std::pair<user_id, member_role>> members;
};
using room_image_ptr = std::shared_ptr<const room_image>;

/// Someone's place in a room.
struct membership {
  room_info room;
  member_role role = member_role::member;
  uint64_t unread = 0; ///< messages behind the read cursor
};

/// A member as the others see them.
struct member {
  user who;
  member_role role = member_role::member;
};

/// Which members of a room to read, ascending by id.
struct member_range {
  user_id after = {};
  size_t limit = 100;
  member_role least = member_role::muted;
};
struct member_page {
  std::vector<member> members;
  bool has_more = false;
};

/// Which operations of a room to read: those after a position, oldest first, or those before one, newest first. A message
/// that is deleted since is its deletion only.
struct range {
  enum class direction : uint8_t { after, before, page };
  direction where = direction::after;
  seqno from = 0; ///< exclusive; of `page`, the number of the page, 1 being that of the newest messages
  size_t limit = 100;
  bool messages_only = false;
};

/// Ascending by `seq`, whichever way it was read.
struct page {
  std::vector<event_ptr> events;
  bool has_more = false; ///< in the direction in which it was read
  seqno reached = 0;     ///< how far it was read, whether or not there was anything to tell
  uint64_t total = 0;    ///< of `page`: messages of the room
};

/// Reads what is committed. Owned by one thread; several may read one database.
class history {
public:
  /// Requires: `db` is migrated and outlives this. May be read-only.
  explicit history(database& db);
  ~history();

  /// The id behind an id or a key; `not_found`.
  result<room_id> resolve(const room_ref& room);
  result<room_image_ptr> load_room(room_id room);
  result<page> read(room_id room, const range& which);
  /// By internal id; `not_found`.
  result<user> find_user(user_id who);
  /// By issuer and subject; `not_found`.
  result<user> find_user(const std::string& issuer, const std::string& subject);
  /// By user name; `not_found`.
  result<user> find_user_named(const std::string& name);
  /// Rooms that `who` is a member of and may see, ascending by id.
  result<std::vector<membership>> rooms_of(user_id who);
  /// The same for one room; `not_found`.
  result<membership> room_of(user_id who, room_id room);
  result<member_page> members_of(room_id room, const member_range& which);

  // -- accounts; see accounts.hpp

  /// The user behind a token's claims: `not_found`; `invalid_token` with "revoked" or "blocked".
  result<account> identify(const claimed_identity& claimed);
  /// By name, or by e-mail address if it is one: `not_found`.
  result<credentials> find_credentials(const std::string& identifier);
  /// Those of the ids that are users.
  result<std::vector<user>> find_users(const std::vector<user_id>& ids);
  /// Users whose names begin with `text`, in any case, by name.
  result<std::vector<user>> search_users(const std::string& text, size_t limit);
  /// Who shares a room of at most `room_members_max` members with `who`.
  result<std::vector<user_id>> acquaintances_of(user_id who, size_t room_members_max);
  /// Those of `whom` who share a room with `asker`, or are the same.
  result<std::vector<user_id>> known_to(user_id asker, const std::vector<user_id>& whom);
  /// The members of a room; `not_found` if `asker` is none of them.
  result<std::vector<user_id>> members_for(user_id asker, const room_ref& room);

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace stentor::store
