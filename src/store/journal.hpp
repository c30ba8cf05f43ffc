#pragma once

#include "base/result.hpp"
#include "chat/types.hpp"
#include "store/accounts.hpp"

#include <memory>
#include <span>
#include <string>
#include <vector>

namespace stentor::store {

class database;

/// One operation that a room has let through.
struct entry {
  user_ptr author;
  operation what;
};

/// The operations of one room that are to become durable together, in order.
struct batch {
  room_id room;
  std::vector<entry> entries;
};

/// What became of one entry: the event (of the first try, when the entry was a retry), or why it was refused.
struct outcome {
  result<event_ptr> what;
  bool is_new = false; ///< false for a retry: answer it, tell nobody
};

/// A room that is to be created, with its owner as its first member (`seq` 1).
struct new_room {
  std::string key; ///< empty: none
  std::string name;
  std::string topic;
  room_kind kind = room_kind::channel;
  room_visibility visibility = room_visibility::open;
  user_id owner;
};

/// Up to where a member has read a room. Never goes back.
struct cursor {
  room_id room;
  user_id who;
  seqno seq = 0;
};

/// What became of one transaction's batches and cursors.
struct commit_outcome {
  std::vector<std::vector<outcome>> batches;
  std::vector<result<cursor>> cursors;
};

/// A user that is to be created. With an issuer and a subject it belongs to an identity provider.
struct new_user {
  std::string name;
  std::string email;
  std::string image;
  std::string issuer;
  std::string subject;
};

/// The only writer of the database. Owned by one thread.
class journal {
public:
  /// Requires: `db` is migrated, outlives this and is used by nobody else.
  explicit journal(database& db, wall_clock now = wall_now);
  ~journal();

  /// Makes all `batches` durable in one transaction: one outcome for each entry, in order.
  ///
  /// A refused entry (its key reused, a member there already, …) refuses nothing else. If the transaction
  /// fails on a constraint, it is redone one entry at a time, so that a bad one fails alone. If the
  /// database cannot commit (disk full, locked, read-only, corrupt), every entry gets `errc::unavailable` and nothing is stored.
  std::vector<std::vector<outcome>> append(std::span<const batch> batches);

  /// The same with read cursors, in the same transaction: one answer for each of them, in order; `not_found` for who is no member.
  commit_outcome commit(std::span<const batch> batches, std::span<const cursor> cursors);

  /// `already_exists` if its key is taken.
  result<room_info> create_room(const new_room& wanted);

  /// The user that the issuer's subject has, created if there is none. Without a subject: `already_exists` if its name is taken.
  result<user> ensure_user(const new_user& wanted);

  /// Commits a change that changes nothing: whether the next message could be stored now. `unavailable` says why not.
  result<bool> try_write();
  // -- accounts; see accounts.hpp

  /// `already_exists` if its name or e-mail address is taken.
  result<account> register_account(const new_account& wanted);
  /// These give `not_found` if there is no such user.
  result<bool> change_password(const password_change& what);
  result<bool> change_state(const state_change& what);
  result<bool> change_server_role(user_id who, const std::string& role);
  result<bool> revoke(const revocation& what);

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace stentor::store
