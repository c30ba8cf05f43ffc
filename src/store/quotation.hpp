#pragma once

#include "base/utf8_beginning.hpp"
#include "chat/room.hpp"
#include "store/query.hpp"

#include <memory>

namespace stentor::store {

namespace sql {

/// A message that is not deleted, as others quote it: no more of its characters than `quoted_bytes_max`.
constexpr auto quoted = R"(
  SELECT m.id, m.seq, substr(m.content, 1, 1024), m.reply_to, m.created_at, m.edited_at, a.id, a.name, a.email, a.image
  FROM message AS m JOIN account AS a ON a.id = m.author_id
  WHERE m.id = :id AND m.room_id = :room_id AND m.deleted_at IS NULL
)";

} // namespace sql

using quoted_row = std::tuple<message_id, seqno, std::string, std::optional<message_id>, wall_time, std::optional<wall_time>, user_id,
                              std::string, std::string, std::string>;

/// Finds what a message replies to; null if that is deleted, or of another room.
class quotations {
public:
  explicit quotations(soci::session& db) : find_(db, sql::quoted) {}

  event_ptr find(message_id message, room_id room) {
    auto row = find_.one(message, room);
    if (!row)
      return nullptr;
    auto& [id, seq, content, reply_to, at, edited_at, author_id, name, email, image] = *row;
    content.resize(utf8_beginning(content, quoted_bytes_max).size());
    auto author = std::make_shared<const user>(user{author_id, std::move(name), std::move(email), std::move(image)});
    return std::make_shared<const event>(event{
      room, seq, at,
      message_posted{
        .id = id, .author = author, .content = std::move(content), .client_message_id = {}, .reply_to = reply_to, .edited_at = edited_at},
      author_id});
  }

private:
  query<quoted_row(message_id, room_id)> find_;
};

} // namespace stentor::store
