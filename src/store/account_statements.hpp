#pragma once

#include "store/accounts.hpp"
#include "store/query.hpp"
#include "store/transaction.hpp"

#include <optional>
#include <span>
#include <tuple>

namespace stentor::store {

template <>
inline constexpr auto last<account_state> = account_state::blocked;

namespace sql {

constexpr auto identity_by_id = R"(
  SELECT a.id, a.name, a.email, a.image, a.role, a.state, t.id
  FROM account AS a LEFT JOIN revoked_token AS t ON t.id = :token
  WHERE a.id = :id
)";
constexpr auto identity_by_subject = R"(
  SELECT a.id, a.name, a.email, a.image, a.role, a.state, t.id
  FROM account AS a LEFT JOIN revoked_token AS t ON t.id = :token
  WHERE a.issuer = :issuer AND a.subject = :subject AND a.subject <> ''
)";
constexpr auto credentials_by_name = R"(
  SELECT id, name, email, image, role, state, password_hash FROM account WHERE name = :name AND password_hash IS NOT NULL
)";
// The condition of the index account_by_email, without which it would not be used.
constexpr auto credentials_by_email = R"(
  SELECT id, name, email, image, role, state, password_hash FROM account
  WHERE email = :email COLLATE NOCASE AND password_hash IS NOT NULL AND email <> ''
)";
constexpr auto users_like = R"(
  SELECT id, name, email, image FROM account
  WHERE name LIKE :pattern ESCAPE '\' AND state = :active ORDER BY name COLLATE NOCASE LIMIT :rows
)";
// Rooms count up to a number of members; of a larger one no more of them are looked at than it takes to know.
constexpr auto acquaintances = R"(
  SELECT DISTINCT other.user_id
  FROM member AS mine JOIN member AS other ON other.room_id = mine.room_id
  WHERE mine.user_id = :user_id AND mine.role <> :banned AND other.role <> :banned AND other.user_id <> :user_id
    AND (SELECT COUNT(*) FROM (SELECT 1 FROM member WHERE room_id = mine.room_id LIMIT :limit_and_one)) < :limit_and_one
)";
constexpr auto shared_room = R"(
  SELECT mine.room_id FROM member AS mine JOIN member AS other ON other.room_id = mine.room_id
  WHERE mine.user_id = :asker AND other.user_id = :other AND mine.role <> :banned AND other.role <> :banned LIMIT 1
)";
constexpr auto room_role = R"(
  SELECT m.role, r.id FROM room AS r JOIN member AS m ON m.room_id = r.id WHERE r.id = :id AND m.user_id = :user_id
)";
constexpr auto room_role_by_key = R"(
  SELECT m.role, r.id FROM room AS r JOIN member AS m ON m.room_id = r.id WHERE r.key = :key AND m.user_id = :user_id
)";
constexpr auto members_but_banned = R"(
  SELECT user_id FROM member WHERE room_id = :room_id AND role <> :banned
)";
constexpr auto user_by_account = R"(
  SELECT id, name, email, image FROM account WHERE id = :id
)";

constexpr auto is_email_taken = R"(
  SELECT id FROM account WHERE email = :email COLLATE NOCASE AND password_hash IS NOT NULL AND email <> ''
)";
constexpr auto insert_with_password = R"(
  INSERT INTO account (id, name, email, image, issuer, subject, created_at, password_hash)
  VALUES (:id, :name, :email, '', '', '', :created_at, :password_hash)
)";
constexpr auto set_password = R"(
  UPDATE account SET password_hash = :password_hash WHERE id = :id AND password_hash IS NOT NULL
)";
constexpr auto set_state = R"(
  UPDATE account SET state = :state WHERE id = :id
)";
constexpr auto set_role = R"(
  UPDATE account SET role = :role WHERE id = :id
)";
constexpr auto insert_revocation = R"(
  INSERT INTO revoked_token (id, expires_at) VALUES (:id, :expires_at) ON CONFLICT (id) DO NOTHING
)";
constexpr auto forget_revocations = R"(
  DELETE FROM revoked_token WHERE expires_at < :now
)";

} // namespace sql

/// What a reader asks about accounts.
struct account_reads {
  explicit account_reads(soci::session& session) : db(session) {}

  using identity_row = std::tuple<user_id, std::string, std::string, std::string, std::string, account_state, std::optional<std::string>>;
  using credentials_row = std::tuple<user_id, std::string, std::string, std::string, std::string, account_state, std::string>;
  using user_row = std::tuple<user_id, std::string, std::string, std::string>;

  soci::session& db;
  query<identity_row(std::string, user_id)> identity_by_id{db, sql::identity_by_id};
  query<identity_row(std::string, std::string, std::string)> identity_by_subject{db, sql::identity_by_subject};
  query<credentials_row(std::string)> credentials_by_name{db, sql::credentials_by_name};
  query<credentials_row(std::string)> credentials_by_email{db, sql::credentials_by_email};
  query<user_row(std::string, account_state, uint64_t)> users_like{db, sql::users_like};
  query<std::tuple<user_id>(user_id, member_role, uint64_t)> acquaintances{db, sql::acquaintances};
  query<std::tuple<room_id>(user_id, user_id, member_role)> shared_room{db, sql::shared_room};
  query<std::tuple<member_role, room_id>(room_id, user_id)> room_role{db, sql::room_role};
  query<std::tuple<member_role, room_id>(std::string, user_id)> room_role_by_key{db, sql::room_role_by_key};
  query<std::tuple<user_id>(room_id, member_role)> members{db, sql::members_but_banned};
  query<user_row(user_id)> user_by_id{db, sql::user_by_account};
};

/// What the writer does to accounts.
struct account_writes {
  explicit account_writes(soci::session& session) : db(session) {}

  soci::session& db;
  query<std::tuple<user_id>(std::string)> is_email_taken{db, sql::is_email_taken};
  change<user_id, std::string, std::string, wall_time, std::string> insert{db, sql::insert_with_password};
  change<std::string, user_id> set_password{db, sql::set_password};
  change<account_state, user_id> set_state{db, sql::set_state};
  change<std::string, user_id> set_role{db, sql::set_role};
  change<std::string, wall_time> insert_revocation{db, sql::insert_revocation};
  change<wall_time> forget_revocations{db, sql::forget_revocations};
};

struct writes;

// Each of these is one look at the database or one transaction; all throw `soci_error`.

/// The user behind a token's claims: `not_found`; `invalid_token` with "revoked" or "blocked".
result<account> identify(account_reads& db, const claimed_identity& claimed);
/// By name, or by e-mail address if it is one: `not_found`.
result<credentials> find_credentials(account_reads& db, const std::string& identifier);
/// Those of the ids that are users.
result<std::vector<user>> find_users(account_reads& db, std::span<const user_id> ids);
/// Users whose names begin with `text`, in any case, by name.
result<std::vector<user>> search_users(account_reads& db, const std::string& text, size_t limit);
/// Who shares a room of at most `room_members_max` members with `who`.
result<std::vector<user_id>> acquaintances_of(account_reads& db, user_id who, size_t room_members_max);
/// Those of `whom` who share a room with `asker`, or are the same.
result<std::vector<user_id>> known_to(account_reads& db, user_id asker, std::span<const user_id> whom);
/// The members of a room; `not_found` if `asker` is none of them.
result<std::vector<user_id>> members_for(account_reads& db, user_id asker, const room_ref& room);

/// `already_exists` if its name or e-mail address is taken.
result<account> register_account(writes& db, const new_account& wanted, wall_time at);
/// `not_found`.
result<bool> change_password(writes& db, const password_change& what);
result<bool> change_state(writes& db, const state_change& what);
result<bool> change_server_role(writes& db, user_id who, const std::string& role);
/// Also forgets tokens that have expired.
result<bool> revoke(writes& db, const revocation& what, wall_time at);

} // namespace stentor::store
