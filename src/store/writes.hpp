#pragma once

#include "store/account_statements.hpp"
#include "store/query.hpp"
#include "store/transaction.hpp"

#include <string>
#include <tuple>

namespace stentor::store {

namespace sql {

// Ids of users, rooms and messages are taken from one sequence, in blocks.
constexpr auto advance_ids = R"(
  UPDATE id_sequence SET last = last + :count
)";
constexpr auto last_id = R"(
  SELECT last FROM id_sequence
)";

// Not UPDATE ... RETURNING: through SOCI a prepared one makes COMMIT fail until one more fetch.
constexpr auto advance_room = R"(
  UPDATE room SET last_seq = last_seq + :operations, message_count = message_count + :messages WHERE id = :room_id
)";
constexpr auto room_counters = R"(
  SELECT last_seq, message_count FROM room WHERE id = :room_id
)";

constexpr auto find_retry = R"(
  SELECT id, seq, content, reply_to, created_at FROM message
  WHERE room_id = :room_id AND author_id = :author_id AND client_message_id = :client_message_id
)";
constexpr auto find_message = R"(
  SELECT id FROM message WHERE id = :id AND room_id = :room_id
)";
constexpr auto insert_message = R"(
  INSERT INTO message (id, room_id, seq, ordinal, author_id, client_message_id, content, reply_to, created_at)
  VALUES (:id, :room_id, :seq, :ordinal, :author_id, :client_message_id, :content, :reply_to, :created_at)
)";

constexpr auto find_role = R"(
  SELECT role FROM member WHERE room_id = :room_id AND user_id = :user_id
)";
constexpr auto put_member = R"(
  INSERT INTO member (room_id, user_id, role) VALUES (:room_id, :user_id, :role)
  ON CONFLICT (room_id, user_id) DO UPDATE SET role = excluded.role
)";

// (room_id, seq) is the primary key: a second writer of a room fails here instead of forking its history.
constexpr auto insert_operation = R"(
  INSERT INTO operation (room_id, seq, message_count, kind, at, author_id, message_id, user_id, role)
  VALUES (:room_id, :seq, :message_count, :kind, :at, :author_id, :message_id, :user_id, :role)
)";

constexpr auto find_key = R"(
  SELECT id FROM room WHERE key = :key
)";
constexpr auto insert_room = R"(
  INSERT INTO room (id, key, name, topic, kind, visibility, last_seq, message_count, created_at)
  VALUES (:id, :key, :name, :topic, :kind, :visibility, :last_seq, 0, :created_at)
)";

constexpr auto find_account = R"(
  SELECT id FROM account WHERE id = :id
)";
constexpr auto find_name = R"(
  SELECT id FROM account WHERE name = :name
)";
constexpr auto find_subject = R"(
  SELECT id, name, email, image FROM account WHERE issuer = :issuer AND subject = :subject AND subject <> ''
)";
constexpr auto insert_account = R"(
  INSERT INTO account (id, name, email, image, issuer, subject, created_at)
  VALUES (:id, :name, :email, :image, :issuer, :subject, :created_at)
)";

} // namespace sql

/// Every statement of the writer, prepared once.
struct writes {
  explicit writes(soci::session& session) : db(session) {}

  soci::session& db;
  transaction_statements around{db, transaction_statements::to_write};

  change<uint64_t> advance_ids{db, sql::advance_ids};
  query<std::tuple<uint64_t>()> last_id{db, sql::last_id};

  change<uint64_t, uint64_t, room_id> advance_room{db, sql::advance_room};
  query<std::tuple<seqno, uint64_t>(room_id)> room_counters{db, sql::room_counters};

  query<std::tuple<message_id, seqno, std::string, std::optional<message_id>, wall_time>(room_id, user_id, std::string)> find_retry{
    db, sql::find_retry};
  query<std::tuple<message_id>(message_id, room_id)> find_message{db, sql::find_message};
  change<message_id, room_id, seqno, uint64_t, user_id, std::optional<std::string>, std::string, std::optional<message_id>, wall_time>
    insert_message{db, sql::insert_message};

  query<std::tuple<member_role>(room_id, user_id)> find_role{db, sql::find_role};
  change<room_id, user_id, member_role> put_member{db, sql::put_member};

  change<room_id, seqno, uint64_t, operation_kind, wall_time, user_id, std::optional<message_id>, std::optional<user_id>,
         std::optional<member_role>>
    insert_operation{db, sql::insert_operation};

  query<std::tuple<room_id>(std::string)> find_key{db, sql::find_key};
  change<room_id, std::optional<std::string>, std::string, std::string, room_kind, room_visibility, seqno, wall_time> insert_room{
    db, sql::insert_room};

  query<std::tuple<user_id>(user_id)> find_account{db, sql::find_account};
  query<std::tuple<user_id>(std::string)> find_name{db, sql::find_name};
  query<std::tuple<user_id, std::string, std::string, std::string>(std::string, std::string)> find_subject{db, sql::find_subject};
  change<user_id, std::string, std::string, std::string, std::string, std::string, wall_time> insert_account{db, sql::insert_account};

  account_writes accounts{db};

  /// Takes `count` ids for good with the transaction; the first of them.
  uint64_t take_ids(uint64_t count) {
    advance_ids.run(count);
    return std::get<0>(last_id.one().value()) - count + 1;
  }
};

} // namespace stentor::store
