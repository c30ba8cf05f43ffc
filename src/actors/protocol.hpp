#pragma once

// Every chat actor's interface and every message between them, on one page.
// All messages are process-local: they hold pointers and never leave the node.

#include "base/broadcast.hpp"
#include "base/result.hpp"
#include "chat/account_rules.hpp"
#include "chat/device_list.hpp"
#include "chat/identity.hpp"
#include "chat/rate_limit.hpp"
#include "chat/types.hpp"
#include "net/interface.hpp"
#include "store/accounts.hpp"
#include "store/history.hpp"
#include "store/journal.hpp"
#include "store/totals.hpp"

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
  bool has_more = false; ///< `missed` was capped; join again with `after` for the rest
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

/// Say when nobody has heard a room, or asked it anything, for a while.
struct await_idle {};
struct idle {};
/// Look whether anything has happened.
struct idle_tick {};
/// End, unless something has come since the room was idle.
struct rest {};
struct rested {
  bool has_ended = false;
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
  // Answers when there is nothing to do, or to forget.
  caf::replies_to<await_idle>::with<idle>,
  // To itself, while that is waited for.
  caf::reacts_to<idle_tick>,
  // It is out of the directory; it ends, or is to be found again.
  caf::replies_to<rest>::with<rested>,
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
/// Could a message be stored now?
struct try_store {};
/// What was asked for is on disk.
struct stored {};

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
  caf::replies_to<store::new_user>::with<user>,
  // True, or the reason why not.
  caf::replies_to<try_store>::with<bool>,
  // A new user with a password; `already_exists`.
  caf::replies_to<store::new_account>::with<store::account>,
  // Another hash of the same password.
  caf::replies_to<store::password_change>::with<stored>,
  // Whether a user may come in; `not_found`.
  caf::replies_to<store::state_change>::with<stored>,
  // A token that lets nobody in any more.
  caf::replies_to<store::revocation>::with<stored>>;

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
struct find_credentials {
  std::string identifier; ///< name or e-mail address
};
struct find_users {
  std::vector<user_id> ids;
};
struct search_users {
  std::string text; ///< that their names begin with
  size_t limit = 0;
};
struct user_list {
  std::vector<user_id> who;
};
struct user_lists {
  std::vector<user_list> of;
};
/// Who shares a room with each of these users.
struct find_acquaintances {
  std::vector<user_id> of;
  size_t room_members_max = 0; ///< larger rooms do not count
};
/// Which of these share a room with the one who asks, or are the same.
struct find_known {
  user_id asker;
  std::vector<user_id> whom;
};
/// The members of a room that the one who asks is in.
struct find_members {
  user_id asker;
  room_ref room;
};
struct list_rooms {
  user_id who;
};
struct count_all {};
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
  // Who the bearer of a token is; `not_found`, `invalid_token`.
  caf::replies_to<store::claimed_identity>::with<store::account>,
  // An account to log in to; `not_found`.
  caf::replies_to<find_credentials>::with<store::credentials>,
  // Users by id, by name.
  caf::replies_to<find_users>::with<std::vector<user>>, caf::replies_to<search_users>::with<std::vector<user>>,
  // Who may know of whom.
  caf::replies_to<find_acquaintances>::with<user_lists>, caf::replies_to<find_known>::with<user_list>,
  caf::replies_to<find_members>::with<user_list>,
  // The rooms that someone is in.
  caf::replies_to<list_rooms>::with<std::vector<store::membership>>,
  // Someone's place in one room; `not_found`.
  caf::replies_to<find_membership>::with<store::membership>,
  // Who is in a room.
  caf::replies_to<read_members>::with<store::member_page>,
  // How much there is.
  caf::replies_to<count_all>::with<store::totals>>;

// -- accounts -----------------------------------------------------------------

struct hash_password {
  std::string password;
};
struct hashed_password {
  std::string hash;
};
struct check_password {
  std::string password;
  std::string hash;
};
struct checked_password {
  bool matches = false;
  std::string better_hash; ///< by today's parameters, if `hash` was made with others
};

/// HASHER: makes and checks hashes of passwords, one at a time, on a thread of its own.
using hasher_actor =
  caf::typed_actor<caf::replies_to<hash_password>::with<hashed_password>, caf::replies_to<check_password>::with<checked_password>>;

struct log_in {
  std::string identifier;
  std::string password;
  std::string address;
};
struct sign_up {
  registration wanted;
  std::string address;
};

/// ACCOUNTS: lets in who knows the password, slows down who guesses, and keeps the hashers' queue short.
using accounts_actor = caf::typed_actor<
  // Whose account it is; `unauthenticated`, `rate_limited`, `busy`.
  caf::replies_to<log_in>::with<store::account>,
  // A new account; `bad_request`, `already_exists`, `rate_limited`, `busy`.
  caf::replies_to<sign_up>::with<store::account>>;

// -- presence -----------------------------------------------------------------

/// One of a user's sockets has come, has gone.
struct online {
  user_id who;
  device_id device = 0;
  connection_id where;
};
struct offline {
  user_id who;
  device_id device = 0;
};
struct ask_status {
  user_id asker; ///< none: a guest
  std::vector<user_id> whom;
};
/// In the order of the question; who may not be seen is not online.
struct statuses {
  std::vector<bool> is_online;
};
struct ask_online {
  user_id asker;
  room_ref room;
};
/// It is time to tell who has come and gone.
struct announce_changes {};

/// PRESENCE: who is online, over all devices, and who hears of it.
using presence_actor = caf::typed_actor<caf::reacts_to<online>, caf::reacts_to<offline>,
                                        // Who is online, as far as they share a room with the one who asks.
                                        caf::replies_to<ask_status>::with<statuses>,
                                        // The members of a room who are online; nobody if one may not know.
                                        caf::replies_to<ask_online>::with<user_list>,
                                        // To itself, while there is something to tell.
                                        caf::reacts_to<announce_changes>>;

// -- sessions -----------------------------------------------------------------

/// A socket has come, with its user.
struct device_came {
  device_id device = 0;
  connection_id where;
  std::string token;
};
struct device_left {
  device_id device = 0;
};
/// A socket goes on with another token.
struct device_renewed {
  device_id device = 0;
  std::string token;
};
/// Close a user's sockets: those that a token let in, or all if it names none.
struct expel {
  user_id who;
  std::string token;
};

/// A user who was sent away may come back.
struct pardon {
  user_id who;
};

/// SESSION: one online user's sockets. Ends with the last of them.
using session_actor =
  caf::typed_actor<caf::reacts_to<device_came>, caf::reacts_to<device_left>, caf::reacts_to<device_renewed>, caf::reacts_to<expel>>;

/// A socket wants in; its token was good a moment ago.
struct attach {
  identity_ptr who;
  connection_id where;
  std::string address; ///< of the peer
};
struct attached {
  device_id device = 0;
  rate_cells_ptr cells; ///< the user's, or of guests the address's
};
struct detach {
  user_id who; ///< none: a guest
  device_id device = 0;
};
/// A socket has brought another token of its user.
struct renew {
  identity_ptr who;
  device_id device = 0;
};
struct renewed {};
/// Count something that a user does outside of a socket.
struct count_action {
  user_id who;
  rate_action what = rate_action::requests;
};
struct counted {};

/// REGISTRY: user → session, and everybody's rates, which outlive the session.
using registry_actor = caf::typed_actor<
  // The socket belongs to the user's session; `invalid_token` if its token was revoked meanwhile, `rate_limited`.
  caf::replies_to<attach>::with<attached>,
  // The socket is gone.
  caf::reacts_to<detach>,
  // `invalid_token` as with `attach`.
  caf::replies_to<renew>::with<renewed>,
  // After the commit that says so.
  caf::reacts_to<expel>,
  // After the commit that lets the user in again; revoked tokens stay revoked.
  caf::reacts_to<pardon>,
  // `rate_limited`.
  caf::replies_to<count_action>::with<counted>,
  // Ends every session.
  caf::replies_to<drain>::with<drained>>;

// -- node ---------------------------------------------------------------------

/// What waits for the disk waits no longer.
struct hurry {};
/// A step of the drain has lasted as long as it may.
struct time_is_up {
  uint64_t step = 0;
};

/// NODE: ends the others in the order in which nothing acknowledged is lost.
using node_actor = caf::typed_actor<
  // Answers when everything is drained and stopped.
  caf::replies_to<drain>::with<drained>,
  // To itself.
  caf::reacts_to<hurry>, caf::reacts_to<time_is_up>>;

} // namespace stentor

#include "actors/protocol_ids.hpp" // needs the types above
