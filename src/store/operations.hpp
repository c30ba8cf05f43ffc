#pragma once

#include "base/result.hpp"
#include "store/writes.hpp"

#include <variant>

namespace stentor::store {

/// Ids for what one transaction creates, taken from the sequence with the first of them.
class id_block {
public:
  id_block(writes& db, uint64_t size) : db_(db), left_(size) {}

  uint64_t take() {
    if (!next_)
      next_ = db_.take_ids(left_);
    return (*next_)++;
  }

private:
  writes& db_;
  uint64_t left_;
  std::optional<uint64_t> next_;
};

/// Where an operation is to be performed: what it will be if nothing speaks against it.
struct step {
  writes& db;
  id_block& ids;
  room_id room;
  const user_ptr& author;
  wall_time at;
  seqno seq;
  uint64_t ordinal; ///< of a message
};

/// What has happened, or the event of the first try if this is a retry.
using performed = std::variant<happening, event_ptr>;

// One function per kind of operation. Each either writes and says what has happened, or refuses and has written nothing.
result<performed> perform(const step& in, const post_message& what);
result<performed> perform(const step& in, const edit_message& what);
result<performed> perform(const step& in, const delete_message& what);
result<performed> perform(const step& in, const add_reaction& what);
result<performed> perform(const step& in, const remove_reaction& what);
result<performed> perform(const step& in, const add_member& what);
result<performed> perform(const step& in, const remove_member& what);
result<performed> perform(const step& in, const change_role& what);
result<performed> perform(const step& in, const change_room& what);
result<performed> perform(const step& in, const delete_room& what);

} // namespace stentor::store
