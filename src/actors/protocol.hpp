#pragma once

// Every chat actor's interface and every message between them, on one page.
// All messages are process-local: they hold pointers and never leave the node.

#include "base/broadcast.hpp"
#include "base/result.hpp"
#include "chat/types.hpp"
#include "net/interface.hpp"
#include "store/history.hpp"
#include "store/journal.hpp"

#include <caf/typed_actor.hpp>

#include <functional>
#include <optional>
#include <vector>

namespace stentor {

// -- room ---------------------------------------------------------------------

/// Who hears a room: a connection, in one variant.
struct subscriber {
  connection_id connection;
  variant_id variant = 0;
  friend auto operator<=>(const subscriber&, const subscriber&) = default;
};
/// Hear a room from now on, and what came after `after` first.
struct join {
  subscriber listener;
  network_actor network; ///< where the listener lives
  user_id who;
  std::optional<seqno> after;
};
/// The listener belongs to the room from the turn in which this was sent.
struct joined {
  room_label room;
  seqno seq = 0;
  std::vector<event_ptr> missed;
  bool has_more = false; ///< `missed` was capped; the rest is read by pages
  size_t members = 0;
};
struct leave {
  subscriber listener;
};
struct submit {
  user_ptr who;
  operation what;
};
struct committed {
  room_label room;
  event_ptr what;
};
/// Someone types, or no longer. Not stored, seen at most once.
struct tell_hint {
  user_ptr who;
  connection_id where; ///< is not told itself
  decltype(hint::what) what;
};
/// Others were told, or knew.
struct hinted {
  room_label room;
};
/// Look who has stopped typing.
struct typing_tick {};
/// Someone has read a room up to a position.
struct mark_read {
  user_id who;
  seqno seq = 0;
};
/// Read who is in a room, in someone's name.
struct list_members {
  user_id who;
  store::member_range which;
};
/// Read a room's past in someone's name.
struct fetch {
  user_id who;
  store::range which;
};
/// A room about itself.
struct describe {
  user_id who;
};
struct description {
  room_info info;
  std::optional<member_role> role;
  size_t members = 0;
};

/// What network threads call the room in their index.
inline room_key room_index_key(room_id room) {
  return "room:" + std::to_string(room.value);
}

/// A ROOM: the only one who decides on one room. Answers are errors with an `errc`, see errors.hpp.
using room_actor = caf::typed_actor<
  // Let a connection hear the room, without a gap between what it missed and what comes.
  caf::replies_to<join>::with<joined>,
  // A connection hears it no more.
  caf::reacts_to<leave>,
  // Decide, store, answer, then tell everyone.
  caf::replies_to<submit>::with<committed>,
  // Tell the others what passes, if its sender may speak.
  caf::replies_to<tell_hint>::with<hinted>,
  // To itself, while someone types.
  caf::reacts_to<typing_tick>,
  // Moves a read cursor, never back and never past the end.
  caf::replies_to<mark_read>::with<store::cursor>,
  // A page of its members, for those who may hear it; the banned are for moderators to see.
  caf::replies_to<list_members>::with<store::member_page>,
  // A page of what happened, for those who may hear it.
  caf::replies_to<fetch>::with<store::page>,
  // What the room is, for those who may know of it.
  caf::replies_to<describe>::with<description>,
  // Answer once nothing is in flight; refuse what comes later.
  caf::replies_to<drain>::with<drained>>;

// -- directory ----------------------------------------------------------------

struct find_room {
  room_ref room;
};
struct found_room {
  room_label room;
  room_actor actor;
};

/// DIRECTORY: room id → room actor; starts rooms that exist, never others.
using directory_actor = caf::typed_actor<
  // The living room, started if need be; `not_found`.
  caf::replies_to<find_room>::with<found_room>,
  // Answers when every room has drained.
  caf::replies_to<drain>::with<drained>>;

// -- persistence --------------------------------------------------------------

/// Operations of one room that are to become durable, in order.
struct append {
  store::batch batch;
};
/// One outcome for each of them.
struct appended {
  std::vector<store::outcome> outcomes;
};
/// What has queued up is to be committed now.
struct commit_waiting {};

/// PERSISTENCE: the only writer. Whatever waits goes into one transaction.
using persistence_actor = caf::typed_actor<
  // Answers once the commit that holds the operations is on disk, or has failed.
  caf::replies_to<append>::with<appended>,
  // To itself: behind everything that had arrived with the first operation.
  caf::reacts_to<commit_waiting>,
  // Where a member has read up to.
  caf::replies_to<store::cursor>::with<store::cursor>,
  // A new room with its owner.
  caf::replies_to<store::new_room>::with<room_info>,
  // The user of an identity provider's subject, created if need be.
  caf::replies_to<store::new_user>::with<user>>;

// -- reader -------------------------------------------------------------------

struct resolve_room {
  room_ref room;
};
struct load_room {
  room_id room;
};
struct read_history {
  room_id room;
  store::range which;
};
struct find_user {
  user_id id;          ///< ours, or none
  std::string issuer;  ///< otherwise of this identity provider …
  std::string subject; ///< … the user with this subject
};
struct list_rooms {
  user_id who;
};
struct find_membership {
  user_id who;
  room_id room;
};
struct read_members {
  room_id room;
  store::member_range which;
};

/// READER: reads what is committed; several share the work.
using reader_actor = caf::typed_actor<
  // The id behind an id or a key; `not_found`.
  caf::replies_to<resolve_room>::with<room_id>,
  // Everything that a room's actor starts with.
  caf::replies_to<load_room>::with<store::room_image_ptr>,
  // A range of a room's past.
  caf::replies_to<read_history>::with<store::page>,
  // Who someone is; `not_found`.
  caf::replies_to<find_user>::with<user>,
  // The rooms that someone is in.
  caf::replies_to<list_rooms>::with<std::vector<store::membership>>,
  // Someone's place in one room; `not_found`.
  caf::replies_to<find_membership>::with<store::membership>,
  // Who is in a room.
  caf::replies_to<read_members>::with<store::member_page>>;

// -- node ---------------------------------------------------------------------

/// NODE: ends the others in the order in which nothing acknowledged is lost.
using node_actor = caf::typed_actor<
  // Answers when everything is drained and stopped.
  caf::replies_to<drain>::with<drained>>;

} // namespace stentor

CAF_BEGIN_TYPE_ID_BLOCK(stentor, caf::id_block::stentor_net::end)
CAF_ADD_TYPE_ID(stentor, (stentor::join))
CAF_ADD_TYPE_ID(stentor, (stentor::joined))
CAF_ADD_TYPE_ID(stentor, (stentor::leave))
CAF_ADD_TYPE_ID(stentor, (stentor::submit))
CAF_ADD_TYPE_ID(stentor, (stentor::committed))
CAF_ADD_TYPE_ID(stentor, (stentor::fetch))
CAF_ADD_TYPE_ID(stentor, (stentor::describe))
CAF_ADD_TYPE_ID(stentor, (stentor::description))
CAF_ADD_TYPE_ID(stentor, (stentor::find_room))
CAF_ADD_TYPE_ID(stentor, (stentor::found_room))
CAF_ADD_TYPE_ID(stentor, (stentor::append))
CAF_ADD_TYPE_ID(stentor, (stentor::appended))
CAF_ADD_TYPE_ID(stentor, (stentor::commit_waiting))
CAF_ADD_TYPE_ID(stentor, (stentor::resolve_room))
CAF_ADD_TYPE_ID(stentor, (stentor::load_room))
CAF_ADD_TYPE_ID(stentor, (stentor::read_history))
CAF_ADD_TYPE_ID(stentor, (stentor::find_user))
CAF_ADD_TYPE_ID(stentor, (stentor::list_rooms))
CAF_ADD_TYPE_ID(stentor, (stentor::room_id))
CAF_ADD_TYPE_ID(stentor, (stentor::room_info))
CAF_ADD_TYPE_ID(stentor, (stentor::tell_hint))
CAF_ADD_TYPE_ID(stentor, (stentor::hinted))
CAF_ADD_TYPE_ID(stentor, (stentor::typing_tick))
CAF_ADD_TYPE_ID(stentor, (stentor::mark_read))
CAF_ADD_TYPE_ID(stentor, (stentor::list_members))
CAF_ADD_TYPE_ID(stentor, (stentor::find_membership))
CAF_ADD_TYPE_ID(stentor, (stentor::read_members))
CAF_ADD_TYPE_ID(stentor, (stentor::store::cursor))
CAF_ADD_TYPE_ID(stentor, (stentor::store::membership))
CAF_ADD_TYPE_ID(stentor, (std::vector<stentor::store::membership>))
CAF_ADD_TYPE_ID(stentor, (stentor::store::member_page))
CAF_ADD_TYPE_ID(stentor, (stentor::user))
CAF_ADD_TYPE_ID(stentor, (stentor::store::new_room))
CAF_ADD_TYPE_ID(stentor, (stentor::store::new_user))
CAF_ADD_TYPE_ID(stentor, (stentor::store::page))
CAF_ADD_TYPE_ID(stentor, (stentor::store::room_image_ptr))
CAF_ADD_TYPE_ID(stentor, (stentor::room_actor))
CAF_ADD_TYPE_ID(stentor, (stentor::directory_actor))
CAF_ADD_TYPE_ID(stentor, (stentor::persistence_actor))
CAF_ADD_TYPE_ID(stentor, (stentor::reader_actor))
CAF_ADD_TYPE_ID(stentor, (stentor::node_actor))
CAF_END_TYPE_ID_BLOCK(stentor)

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stentor::join)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stentor::joined)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stentor::leave)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stentor::submit)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stentor::committed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stentor::fetch)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stentor::describe)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stentor::description)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stentor::find_room)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stentor::found_room)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stentor::append)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stentor::appended)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stentor::commit_waiting)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stentor::resolve_room)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stentor::load_room)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stentor::read_history)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stentor::find_user)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stentor::list_rooms)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stentor::room_id)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stentor::room_info)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stentor::tell_hint)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stentor::hinted)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stentor::typing_tick)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stentor::mark_read)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stentor::list_members)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stentor::find_membership)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stentor::read_members)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stentor::store::cursor)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stentor::store::membership)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(std::vector<stentor::store::membership>)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stentor::store::member_page)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stentor::user)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stentor::store::new_room)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stentor::store::new_user)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stentor::store::page)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stentor::store::room_image_ptr)
