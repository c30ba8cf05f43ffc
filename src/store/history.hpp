#pragma once

#include "base/result.hpp"
#include "chat/types.hpp"

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

/// Which operations of a room to read: those after a position, oldest first, or those before one, newest first.
struct range {
  enum class direction : uint8_t { after, before };
  direction where = direction::after;
  seqno from = 0; ///< exclusive
  size_t limit = 100;
  bool messages_only = false;
};

/// Ascending by `seq`, whichever way it was read.
struct page {
  std::vector<event_ptr> events;
  bool has_more = false; ///< in the direction in which it was read
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
  result<std::vector<room_info>> rooms_of(user_id who);

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace stentor::store
