#include "store/history.hpp"

#include "base/overloaded.hpp"
#include "store/kept.hpp"
#include "store/query.hpp"
#include "store/transaction.hpp"

#include <algorithm>
#include <tuple>
#include <unordered_map>

namespace stentor::store {
namespace {

namespace sql {

constexpr auto room_by_id = R"(
  SELECT id FROM room WHERE id = :id
)";
constexpr auto room_by_key = R"(
  SELECT id FROM room WHERE key = :key
)";
constexpr auto room = R"(
  SELECT id, key, name, topic, kind, visibility, last_seq, created_at FROM room WHERE id = :id
)";
constexpr auto members = R"(
  SELECT user_id, role FROM member WHERE room_id = :room_id ORDER BY user_id
)";
constexpr auto rooms_of = R"(
  SELECT r.id, r.key, r.name, r.topic, r.kind, r.visibility, r.last_seq, r.created_at
  FROM member AS m JOIN room AS r ON r.id = m.room_id
  WHERE m.user_id = :user_id AND m.role <> :banned
  ORDER BY m.room_id
)";

constexpr auto user_by_id = R"(
  SELECT id, name, email, image FROM account WHERE id = :id
)";
constexpr auto user_by_subject = R"(
  SELECT id, name, email, image FROM account WHERE issuer = :issuer AND subject = :subject AND subject <> ''
)";
constexpr auto user_by_name = R"(
  SELECT id, name, email, image FROM account WHERE name = :name
)";

// A statement that reads events is put together from a head, where to start from, and a tail.
//
// Of a message only its own operation tells: if the two disagree, a row is damaged, and nobody hears it under a wrong name.
constexpr auto events = R"(
  SELECT o.seq, o.at, o.kind, o.message_id, o.user_id, o.role, m.content, m.client_message_id, m.reply_to,
         a.id, a.name, a.email, a.image
)";
constexpr auto from_operations = R"(
  FROM operation AS o
  LEFT JOIN message AS m ON m.id = o.message_id AND m.room_id = o.room_id AND m.seq = o.seq AND m.author_id = o.author_id
  LEFT JOIN account AS a ON a.id = o.author_id
)";
constexpr auto operations_after = R"(
  WHERE o.room_id = :room_id AND o.seq > :seq ORDER BY o.seq LIMIT :rows
)";
constexpr auto operations_before = R"(
  WHERE o.room_id = :room_id AND o.seq < :seq ORDER BY o.seq DESC LIMIT :rows
)";
// An operation knows how many messages its room had with it, which is the ordinal of the latest of them.
constexpr auto from_messages = R"(
  FROM message AS m
  LEFT JOIN operation AS o ON o.room_id = m.room_id AND o.seq = m.seq AND o.message_id = m.id AND o.author_id = m.author_id
  LEFT JOIN account AS a ON a.id = o.author_id
)";
constexpr auto messages_after = R"(
  WHERE m.room_id = :room_id AND m.ordinal > COALESCE(
    (SELECT message_count FROM operation WHERE room_id = :room_id AND seq <= :seq ORDER BY seq DESC LIMIT 1), 0)
  ORDER BY m.ordinal LIMIT :rows
)";
constexpr auto messages_before = R"(
  WHERE m.room_id = :room_id AND m.ordinal <= COALESCE(
    (SELECT message_count FROM operation WHERE room_id = :room_id AND seq < :seq ORDER BY seq DESC LIMIT 1), 0)
  ORDER BY m.ordinal DESC LIMIT :rows
)";

} // namespace sql

using user_row = std::tuple<user_id, std::string, std::string, std::string>;
using room_row = std::tuple<room_id, std::optional<std::string>, std::string, std::string, room_kind, room_visibility, seqno, wall_time>;
using event_row = std::tuple<seqno, wall_time, operation_kind, std::optional<message_id>, std::optional<user_id>,
                             std::optional<member_role>, std::optional<std::string>, std::optional<std::string>, std::optional<message_id>,
                             user_id, std::string, std::string, std::string>;
using event_query = query<event_row(room_id, seqno, uint64_t)>;

/// Every statement of a reader, prepared once.
struct reads {
  explicit reads(soci::session& session) : db(session) {}

  soci::session& db;
  transaction_statements around{db, transaction_statements::to_read};

  query<std::tuple<room_id>(room_id)> room_by_id{db, sql::room_by_id};
  query<std::tuple<room_id>(std::string)> room_by_key{db, sql::room_by_key};
  query<room_row(room_id)> room{db, sql::room};
  query<std::tuple<user_id, member_role>(room_id)> members{db, sql::members};
  query<room_row(user_id, member_role)> rooms_of{db, sql::rooms_of};

  query<user_row(user_id)> user_by_id{db, sql::user_by_id};
  query<user_row(std::string, std::string)> user_by_subject{db, sql::user_by_subject};
  query<user_row(std::string)> user_by_name{db, sql::user_by_name};

  event_query operations_after{db, sql::events, sql::from_operations, sql::operations_after};
  event_query operations_before{db, sql::events, sql::from_operations, sql::operations_before};
  event_query messages_after{db, sql::events, sql::from_messages, sql::messages_after};
  event_query messages_before{db, sql::events, sql::from_messages, sql::messages_before};

  event_query& events(const range& which) {
    if (which.where == range::direction::after)
      return which.messages_only ? messages_after : operations_after;
    return which.messages_only ? messages_before : operations_before;
  }
};

room_info to_room(room_row&& row) {
  auto& [id, key, name, topic, kind, visibility, last_seq, created_at] = row;
  return {id, std::move(key).value_or(""), std::move(name), std::move(topic), kind, visibility, last_seq, created_at};
}

result<user> to_user(std::optional<user_row> row) {
  if (!row)
    return failure{errc::not_found, "User not found"};
  auto& [id, name, email, image] = *row;
  return user{id, std::move(name), std::move(email), std::move(image)};
}

/// A column that must not be empty for rows of this kind.
template <class T>
T required(std::optional<T>& column) {
  if (!column)
    throw soci::soci_error("an operation without its object");
  return *std::move(column);
}

/// Operations of a room have no gaps; a hole is a row that damage has hidden.
void check_gapless(const std::vector<event_ptr>& ascending) {
  auto is_hole = [](const event_ptr& a, const event_ptr& b) { return b->seq != a->seq + 1; };
  if (std::ranges::adjacent_find(ascending, is_hole) != ascending.end())
    throw soci::soci_error("a hole in the history of a room");
}

/// Turns rows into events that share their authors.
class event_maker {
public:
  explicit event_maker(room_id room) : room_(room) {}

  event_ptr operator()(event_row&& row) {
    auto& [seq, at, kind, message, who, role, content, client_message_id, reply_to, author_id, name, email, image] = row;
    auto made = event{room_, seq, at, {}};
    switch (kind) {
      case operation_kind::message_posted: {
        auto& author = authors_[author_id];
        if (!author)
          author = std::make_shared<const user>(user{author_id, std::move(name), std::move(email), std::move(image)});
        made.what = message_posted{required(message), author, required(content), std::move(client_message_id).value_or(""), reply_to};
        break;
      }
      case operation_kind::member_added: made.what = member_added{required(who), required(role)}; break;
    }
    return std::make_shared<const event>(std::move(made));
  }

private:
  room_id room_;
  std::unordered_map<user_id, user_ptr> authors_;
};

} // namespace

struct history::impl {
  explicit impl(database& from) : db(from, "store: reading") {}

  kept<reads> db;
};

history::history(database& db) : impl_(std::make_unique<impl>(db)) {
}

history::~history() = default;

result<room_id> history::resolve(const room_ref& room) {
  return impl_->db.run([&](reads& run) -> result<room_id> {
    auto by =
      overloaded{[&](room_id id) { return run.room_by_id.one(id); }, [&](const std::string& key) { return run.room_by_key.one(key); }};
    if (auto found = std::visit(by, room))
      return std::get<0>(*found);
    return failure{errc::not_found};
  });
}

result<room_image_ptr> history::load_room(room_id room) {
  return impl_->db.run([&](reads& run) -> result<room_image_ptr> {
    transaction both(run.around);
    auto found = run.room.one(room);
    if (!found)
      return failure{errc::not_found};
    auto image = room_image{to_room(*std::move(found)), {}};
    for (auto& [who, role] : run.members.all(room))
      image.members.emplace_back(who, role);
    both.commit();
    return std::make_shared<const room_image>(std::move(image));
  });
}

result<page> history::read(room_id room, const range& which) {
  return impl_->db.run([&](reads& run) -> result<page> {
    auto limit = std::min<size_t>(which.limit, 1'000'000);
    auto rows = run.events(which).all(room, which.from, limit + 1);
    page found;
    found.has_more = rows.size() > limit;
    if (found.has_more)
      rows.pop_back();
    auto make = event_maker(room);
    for (auto& row : rows)
      found.events.push_back(make(std::move(row)));
    if (which.where == range::direction::before)
      std::ranges::reverse(found.events);
    if (!which.messages_only)
      check_gapless(found.events);
    return found;
  });
}

result<user> history::find_user(user_id who) {
  return impl_->db.run([&](reads& run) { return to_user(run.user_by_id.one(who)); });
}

result<user> history::find_user(const std::string& issuer, const std::string& subject) {
  return impl_->db.run([&](reads& run) { return to_user(run.user_by_subject.one(issuer, subject)); });
}

result<user> history::find_user_named(const std::string& name) {
  return impl_->db.run([&](reads& run) { return to_user(run.user_by_name.one(name)); });
}

result<std::vector<room_info>> history::rooms_of(user_id who) {
  return impl_->db.run([&](reads& run) -> result<std::vector<room_info>> {
    std::vector<room_info> rooms;
    for (auto& row : run.rooms_of.all(who, member_role::banned))
      rooms.push_back(to_room(std::move(row)));
    return rooms;
  });
}

} // namespace stentor::store
