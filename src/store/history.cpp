#include "store/history.hpp"

#include "base/overloaded.hpp"
#include "store/kept.hpp"
#include "store/operation_row.hpp"
#include "store/query.hpp"
#include "store/quotation.hpp"
#include "store/transaction.hpp"

#include <algorithm>
#include <tuple>
#include <unordered_map>

namespace stentor::store {
namespace {

namespace sql {

constexpr auto room_by_id = R"(
  SELECT id FROM room WHERE id = :id AND deleted_at IS NULL
)";
constexpr auto room_by_key = R"(
  SELECT id FROM room WHERE key = :key
)";
constexpr auto room = R"(
  SELECT id, key, name, topic, kind, visibility, last_seq, created_at FROM room WHERE id = :id AND deleted_at IS NULL
)";
constexpr auto members = R"(
  SELECT user_id, role FROM member WHERE room_id = :room_id ORDER BY user_id
)";
constexpr auto members_after = R"(
  SELECT m.role, a.id, a.name, a.email, a.image
  FROM member AS m JOIN account AS a ON a.id = m.user_id
  WHERE m.room_id = :room_id AND m.user_id > :after AND m.role >= :least ORDER BY m.user_id LIMIT :rows
)";

// A membership is read by a head and a tail. An operation knows how many messages its room had with it: what lies behind a
// cursor is a subtraction, but for those deleted there.
constexpr auto memberships = R"(
  SELECT id, key, name, topic, kind, visibility, last_seq, created_at, role,
         message_count - seen - (SELECT COUNT(*) FROM message AS d WHERE d.room_id = x.id AND d.ordinal > x.seen AND d.deleted_at IS NOT NULL)
  FROM (
    SELECT r.*, m.role, COALESCE(
      (SELECT o.message_count FROM operation AS o WHERE o.room_id = r.id AND o.seq <= m.read_seq ORDER BY o.seq DESC LIMIT 1), 0) AS seen
    FROM member AS m JOIN room AS r ON r.id = m.room_id
)";
constexpr auto of_user = R"(
    WHERE m.user_id = :user_id AND m.role <> :banned
  ) AS x ORDER BY id
)";
constexpr auto of_user_in_room = R"(
    WHERE m.user_id = :user_id AND m.room_id = :room_id AND m.role <> :banned
  ) AS x
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
  SELECT o.seq, o.at, o.kind, o.message_id, o.user_id, o.role, o.detail, o.reaction_id, o.client_op_id,
         m.content, m.client_message_id, m.reply_to, m.edited_at, m.deleted_at, a.id, a.name, a.email, a.image
)";
constexpr auto from_operations = R"(
  FROM operation AS o
  LEFT JOIN message AS m ON m.id = o.message_id AND m.room_id = o.room_id
    AND (o.kind <> 0 OR (m.seq = o.seq AND m.author_id = o.author_id))
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
  WHERE m.room_id = :room_id AND m.deleted_at IS NULL AND m.ordinal > COALESCE(
    (SELECT message_count FROM operation WHERE room_id = :room_id AND seq <= :seq ORDER BY seq DESC LIMIT 1), 0)
  ORDER BY m.ordinal LIMIT :rows
)";
constexpr auto messages_before = R"(
  WHERE m.room_id = :room_id AND m.deleted_at IS NULL AND m.ordinal <= COALESCE(
    (SELECT message_count FROM operation WHERE room_id = :room_id AND seq < :seq ORDER BY seq DESC LIMIT 1), 0)
  ORDER BY m.ordinal DESC LIMIT :rows
)";
constexpr auto messages_up_to = R"(
  WHERE m.room_id = :room_id AND m.deleted_at IS NULL AND m.ordinal <= :ordinal ORDER BY m.ordinal DESC LIMIT :rows
)";
constexpr auto deleted_between = R"(
  SELECT COUNT(*) FROM message WHERE room_id = :room_id AND ordinal > :low AND ordinal <= :high AND deleted_at IS NOT NULL
)";
constexpr auto message_counts = R"(
  SELECT message_count, deleted_count FROM room WHERE id = :room_id
)";
constexpr auto reactions = R"(
  SELECT r.id, r.emoji, r.created_at, a.id, a.name, a.email, a.image
  FROM reaction AS r JOIN account AS a ON a.id = r.user_id
  WHERE r.message_id = :message_id ORDER BY r.id
)";

} // namespace sql

using user_row = std::tuple<user_id, std::string, std::string, std::string>;
using room_row = std::tuple<room_id, std::optional<std::string>, std::string, std::string, room_kind, room_visibility, seqno, wall_time>;
using membership_row = std::tuple<room_id, std::optional<std::string>, std::string, std::string, room_kind, room_visibility, seqno,
                                  wall_time, member_role, uint64_t>;
using member_row = std::tuple<member_role, user_id, std::string, std::string, std::string>;
using reaction_row = std::tuple<reaction_id, std::string, wall_time, user_id, std::string, std::string, std::string>;
using event_row = std::tuple<seqno, wall_time, operation_kind, std::optional<message_id>, std::optional<user_id>,
                             std::optional<member_role>, std::optional<std::string>, std::optional<reaction_id>, std::optional<std::string>,
                             std::optional<std::string>, std::optional<std::string>, std::optional<message_id>, std::optional<wall_time>,
                             std::optional<wall_time>, user_id, std::string, std::string, std::string>;
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
  query<member_row(room_id, user_id, member_role, uint64_t)> members_after{db, sql::members_after};
  query<membership_row(user_id, member_role)> rooms_of{db, sql::memberships, sql::of_user};
  query<membership_row(user_id, room_id, member_role)> room_of{db, sql::memberships, sql::of_user_in_room};

  query<user_row(user_id)> user_by_id{db, sql::user_by_id};
  query<user_row(std::string, std::string)> user_by_subject{db, sql::user_by_subject};
  query<user_row(std::string)> user_by_name{db, sql::user_by_name};

  event_query operations_after{db, sql::events, sql::from_operations, sql::operations_after};
  event_query operations_before{db, sql::events, sql::from_operations, sql::operations_before};
  event_query messages_after{db, sql::events, sql::from_messages, sql::messages_after};
  event_query messages_before{db, sql::events, sql::from_messages, sql::messages_before};
  event_query messages_up_to{db, sql::events, sql::from_messages, sql::messages_up_to};
  query<std::tuple<uint64_t>(room_id, uint64_t, uint64_t)> deleted_between{db, sql::deleted_between};
  query<std::tuple<uint64_t, uint64_t>(room_id)> message_counts{db, sql::message_counts};
  query<reaction_row(message_id)> reactions{db, sql::reactions};
  quotations quoted{db};

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

membership to_membership(membership_row&& row) {
  auto& [id, key, name, topic, kind, visibility, last_seq, created_at, role, unread] = row;
  return {{id, std::move(key).value_or(""), std::move(name), std::move(topic), kind, visibility, last_seq, created_at}, role, unread};
}

/// Operations of a room have no gaps; a hole is a row that damage has hidden.
void check_gapless(const std::vector<event_row>& ascending) {
  auto is_hole = [](const event_row& a, const event_row& b) { return std::get<seqno>(b) != std::get<seqno>(a) + 1; };
  if (std::ranges::adjacent_find(ascending, is_hole) != ascending.end())
    throw soci::soci_error("a hole in the history of a room");
}

/// Turns rows into events that share their authors. A row of a message that is deleted since gives none.
class event_maker {
public:
  /// What messages are told as: as of then, or with all that has come of them.
  enum class tense : uint8_t { then, now };

  event_maker(reads& db, room_id room, tense when) : db_(db), room_(room), when_(when) {}

  event_ptr operator()(event_row&& row) {
    auto& [seq, at, kind, message, who, role, detail, reaction, client_op_id, content, client_message_id, reply_to, edited_at, deleted_at,
           author_id, name, email, image] = row;
    if (deleted_at && static_cast<size_t>(kind) != kind_of<message_deleted>)
      return nullptr;
    auto author = shared(author_id, std::move(name), std::move(email), std::move(image));
    auto made = event{room_, seq, at, {}, author_id};
    if (static_cast<size_t>(kind) == kind_of<message_posted>) {
      auto posted = message_posted{.id = required(message),
                                   .author = author,
                                   .content = required(content),
                                   .client_message_id = std::move(client_message_id).value_or(""),
                                   .reply_to = reply_to};
      if (reply_to)
        posted.quoted = quotation(*reply_to);
      if (when_ == tense::now) {
        posted.edited_at = edited_at;
        posted.reactions = reactions(posted.id);
      } else if (detail)
        posted.content = *std::move(detail);
      made.what = std::move(posted);
    } else
      made.what = from_row({kind, message, who, role, std::move(detail), reaction, std::move(client_op_id)}, author, at);
    return std::make_shared<const event>(std::move(made));
  }

private:
  user_ptr shared(user_id id, std::string name, std::string email, std::string image) {
    auto& known = users_[id];
    if (!known)
      known = std::make_shared<const user>(user{id, std::move(name), std::move(email), std::move(image)});
    return known;
  }

  event_ptr quotation(message_id of) {
    auto [at, is_new] = quotations_.try_emplace(of);
    if (is_new)
      at->second = db_.quoted.find(of, room_);
    return at->second;
  }

  std::vector<reaction> reactions(message_id to) {
    std::vector<reaction> all;
    for (auto& [id, emoji, at, who, name, email, image] : db_.reactions.all(to))
      all.push_back({id, std::move(emoji), shared(who, std::move(name), std::move(email), std::move(image)), at});
    return all;
  }

  reads& db_;
  room_id room_;
  tense when_;
  std::unordered_map<user_id, user_ptr> users_;
  std::unordered_map<message_id, event_ptr> quotations_;
};

/// The ordinal above which there are `live` messages that are not deleted, of `count` in all. Reads the index of deleted ones only.
uint64_t ordinal_below(reads& run, room_id room, uint64_t count, uint64_t live) {
  auto high = count, low = count - std::min(count, live);
  while (low < high) {
    auto [deleted] = run.deleted_between.one(room, low, high).value();
    high = low;
    low -= std::min(low, deleted);
  }
  return low;
}

/// `limit` rows and one more, if there is one, newest first or oldest first as they were asked for.
std::vector<event_row> read_rows(reads& run, room_id room, const range& which, page& found) {
  constexpr auto most = uint64_t{1'000'000'000};
  auto limit = std::min<uint64_t>(which.limit, most);
  if (which.where != range::direction::page)
    return run.events(which).all(room, which.from, limit + 1);
  auto [count, deleted] = run.message_counts.one(room).value_or(std::tuple<uint64_t, uint64_t>{});
  found.total = count - deleted;
  auto newer = (std::min(which.from, most) - 1) * limit;
  return run.messages_up_to.all(room, ordinal_below(run, room, count, newer), limit + 1);
}

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
    using direction = range::direction;
    transaction all(run.around);
    page found;
    auto rows = read_rows(run, room, which, found);
    found.has_more = rows.size() > which.limit;
    if (found.has_more)
      rows.pop_back();
    if (!rows.empty())
      found.reached = std::get<seqno>(rows.back());
    if (which.where != direction::after)
      std::ranges::reverse(rows);
    if (!which.messages_only)
      check_gapless(rows);
    auto make = event_maker(run, room, which.messages_only ? event_maker::tense::now : event_maker::tense::then);
    for (auto& row : rows)
      if (auto made = make(std::move(row)))
        found.events.push_back(std::move(made));
    all.commit();
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

result<std::vector<membership>> history::rooms_of(user_id who) {
  return impl_->db.run([&](reads& run) -> result<std::vector<membership>> {
    std::vector<membership> rooms;
    for (auto& row : run.rooms_of.all(who, member_role::banned))
      rooms.push_back(to_membership(std::move(row)));
    return rooms;
  });
}

result<membership> history::room_of(user_id who, room_id room) {
  return impl_->db.run([&](reads& run) -> result<membership> {
    auto row = run.room_of.one(who, room, member_role::banned);
    if (!row)
      return failure{errc::not_found, "Not a member"};
    return to_membership(*std::move(row));
  });
}

result<member_page> history::members_of(room_id room, const member_range& which) {
  return impl_->db.run([&](reads& run) -> result<member_page> {
    member_page found;
    for (auto& [role, id, name, email, image] : run.members_after.all(room, which.after, which.least, which.limit + 1))
      found.members.push_back({{id, std::move(name), std::move(email), std::move(image)}, role});
    found.has_more = found.members.size() > which.limit;
    if (found.has_more)
      found.members.pop_back();
    return found;
  });
}

} // namespace stentor::store
