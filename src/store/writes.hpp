#pragma once

#include "store/query.hpp"
#include "store/quotation.hpp"
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
  UPDATE room SET last_seq = :last_seq, message_count = :message_count WHERE id = :room_id
)";
constexpr auto room_counters = R"(
  SELECT last_seq, message_count FROM room WHERE id = :room_id AND deleted_at IS NULL
)";
constexpr auto change_room = R"(
  UPDATE room SET name = COALESCE(:name, name), topic = COALESCE(:topic, topic), visibility = COALESCE(:visibility, visibility)
  WHERE id = :room_id
)";
constexpr auto delete_room = R"(
  UPDATE room SET deleted_at = :at, key = NULL WHERE id = :room_id
)";
constexpr auto delete_members = R"(
  DELETE FROM member WHERE room_id = :room_id
)";

constexpr auto find_retry = R"(
  SELECT m.id, m.seq, COALESCE(o.detail, m.content), m.reply_to, m.created_at, m.deleted_at
  FROM message AS m JOIN operation AS o ON o.room_id = m.room_id AND o.seq = m.seq
  WHERE m.room_id = :room_id AND m.author_id = :author_id AND m.client_message_id = :client_message_id
)";
constexpr auto find_operation = R"(
  SELECT seq, at, kind, message_id, detail FROM operation
  WHERE room_id = :room_id AND author_id = :author_id AND client_op_id = :client_op_id
)";
constexpr auto find_message = R"(
  SELECT deleted_at FROM message WHERE id = :id AND room_id = :room_id
)";
constexpr auto insert_message = R"(
  INSERT INTO message (id, room_id, seq, ordinal, author_id, client_message_id, content, reply_to, created_at)
  VALUES (:id, :room_id, :seq, :ordinal, :author_id, :client_message_id, :content, :reply_to, :created_at)
)";

// What is conditional on what is stored: no row changed is no.
constexpr auto keep_first_content = R"(
  UPDATE operation SET detail = (SELECT content FROM message WHERE id = :id)
  WHERE room_id = :room_id AND detail IS NULL
    AND seq = (SELECT seq FROM message WHERE id = :id AND room_id = :room_id AND author_id = :author_id AND deleted_at IS NULL)
)";
constexpr auto edit_message = R"(
  UPDATE message SET content = :content, edited_at = :at
  WHERE id = :id AND room_id = :room_id AND author_id = :author_id AND deleted_at IS NULL
)";
constexpr auto delete_message = R"(
  UPDATE message SET content = '', deleted_at = :at
  WHERE id = :id AND room_id = :room_id AND (author_id = :author_id OR :is_anyones) AND deleted_at IS NULL
)";
constexpr auto erase_edits = R"(
  UPDATE operation SET detail = NULL WHERE message_id = :id AND kind = 2
)";
constexpr auto erase_first_content = R"(
  UPDATE operation SET detail = NULL WHERE room_id = :room_id AND seq = (SELECT seq FROM message WHERE id = :id)
)";
constexpr auto count_deleted = R"(
  UPDATE room SET deleted_count = deleted_count + 1 WHERE id = :room_id
)";

constexpr auto find_reaction = R"(
  SELECT id, seq, created_at FROM reaction WHERE message_id = :message_id AND user_id = :user_id AND emoji = :emoji
)";
constexpr auto count_reactions = R"(
  SELECT COUNT(*) FROM reaction WHERE message_id = :message_id AND user_id = :user_id
)";
constexpr auto insert_reaction = R"(
  INSERT INTO reaction (message_id, user_id, emoji, id, seq, created_at) VALUES (:message_id, :user_id, :emoji, :id, :seq, :created_at)
)";
constexpr auto delete_reaction = R"(
  DELETE FROM reaction WHERE message_id = :message_id AND user_id = :user_id AND emoji = :emoji
)";
constexpr auto erase_reactions = R"(
  DELETE FROM reaction WHERE message_id = :message_id
)";

constexpr auto find_role = R"(
  SELECT role FROM member WHERE room_id = :room_id AND user_id = :user_id
)";
constexpr auto put_member = R"(
  INSERT INTO member (room_id, user_id, role, read_seq) VALUES (:room_id, :user_id, :role, :read_seq)
  ON CONFLICT (room_id, user_id) DO UPDATE SET role = excluded.role
)";
constexpr auto change_role = R"(
  UPDATE member SET role = :role WHERE room_id = :room_id AND user_id = :user_id
)";
constexpr auto delete_member = R"(
  DELETE FROM member WHERE room_id = :room_id AND user_id = :user_id
)";
constexpr auto keep_mute = R"(
  INSERT INTO kept_mute (room_id, user_id) VALUES (:room_id, :user_id) ON CONFLICT DO NOTHING
)";
constexpr auto forget_mute = R"(
  DELETE FROM kept_mute WHERE room_id = :room_id AND user_id = :user_id
)";
constexpr auto move_cursor = R"(
  UPDATE member SET read_seq = MAX(read_seq, :seq) WHERE room_id = :room_id AND user_id = :user_id
)";

// (room_id, seq) is the primary key: a second writer of a room fails here instead of forking its history.
constexpr auto insert_operation = R"(
  INSERT INTO operation (room_id, seq, message_count, kind, at, author_id, message_id, user_id, role, detail, reaction_id, client_op_id)
  VALUES (:room_id, :seq, :message_count, :kind, :at, :author_id, :message_id, :user_id, :role, :detail, :reaction_id, :client_op_id)
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

  change<seqno, uint64_t, room_id> advance_room{db, sql::advance_room};
  query<std::tuple<seqno, uint64_t>(room_id)> room_counters{db, sql::room_counters};

  change<std::optional<std::string>, std::optional<std::string>, std::optional<room_visibility>, room_id> change_room{db, sql::change_room};
  change<wall_time, room_id> delete_room{db, sql::delete_room};
  change<room_id> delete_members{db, sql::delete_members};

  query<std::tuple<message_id, seqno, std::string, std::optional<message_id>, wall_time, std::optional<wall_time>>(room_id, user_id,
                                                                                                                   std::string)>
    find_retry{db, sql::find_retry};
  query<std::tuple<seqno, wall_time, operation_kind, std::optional<message_id>, std::optional<std::string>>(room_id, user_id, std::string)>
    find_operation{db, sql::find_operation};
  query<std::tuple<std::optional<wall_time>>(message_id, room_id)> find_message{db, sql::find_message};
  quotations quoted{db};
  change<message_id, room_id, seqno, uint64_t, user_id, std::optional<std::string>, std::string, std::optional<message_id>, wall_time>
    insert_message{db, sql::insert_message};

  change<message_id, room_id, user_id> keep_first_content{db, sql::keep_first_content};
  change<std::string, wall_time, message_id, room_id, user_id> edit_message{db, sql::edit_message};
  change<wall_time, message_id, room_id, user_id, uint64_t> delete_message{db, sql::delete_message};
  change<message_id> erase_edits{db, sql::erase_edits};
  change<room_id, message_id> erase_first_content{db, sql::erase_first_content};
  change<room_id> count_deleted{db, sql::count_deleted};

  query<std::tuple<reaction_id, seqno, wall_time>(message_id, user_id, std::string)> find_reaction{db, sql::find_reaction};
  query<std::tuple<uint64_t>(message_id, user_id)> count_reactions{db, sql::count_reactions};
  change<message_id, user_id, std::string, reaction_id, seqno, wall_time> insert_reaction{db, sql::insert_reaction};
  change<message_id, user_id, std::string> delete_reaction{db, sql::delete_reaction};
  change<message_id> erase_reactions{db, sql::erase_reactions};

  query<std::tuple<member_role>(room_id, user_id)> find_role{db, sql::find_role};
  change<room_id, user_id, member_role, seqno> put_member{db, sql::put_member};
  change<member_role, room_id, user_id> change_role{db, sql::change_role};
  change<room_id, user_id> delete_member{db, sql::delete_member};
  change<room_id, user_id> keep_mute{db, sql::keep_mute};
  change<room_id, user_id> forget_mute{db, sql::forget_mute};
  change<seqno, room_id, user_id> move_cursor{db, sql::move_cursor};

  change<room_id, seqno, uint64_t, operation_kind, wall_time, user_id, std::optional<message_id>, std::optional<user_id>,
         std::optional<member_role>, std::optional<std::string>, std::optional<reaction_id>, std::optional<std::string>>
    insert_operation{db, sql::insert_operation};

  query<std::tuple<room_id>(std::string)> find_key{db, sql::find_key};
  change<room_id, std::optional<std::string>, std::string, std::string, room_kind, room_visibility, seqno, wall_time> insert_room{
    db, sql::insert_room};

  query<std::tuple<user_id>(user_id)> find_account{db, sql::find_account};
  query<std::tuple<user_id>(std::string)> find_name{db, sql::find_name};
  query<std::tuple<user_id, std::string, std::string, std::string>(std::string, std::string)> find_subject{db, sql::find_subject};
  change<user_id, std::string, std::string, std::string, std::string, std::string, wall_time> insert_account{db, sql::insert_account};

  /// Takes `count` ids for good with the transaction; the first of them.
  uint64_t take_ids(uint64_t count) {
    advance_ids.run(count);
    return std::get<0>(last_id.one().value()) - count + 1;
  }
};

} // namespace stentor::store
