#include "store/journal.hpp"

#include "store/append.hpp"
#include "store/kept.hpp"
#include "store/operation_row.hpp"
#include "store/writes.hpp"

#include <fmt/format.h>

#include <numeric>

namespace stentor::store {
namespace {

/// A name that nobody has: the wanted one, else with the id behind it.
std::string free_name(writes& db, const std::string& wanted, user_id id) {
  auto name = wanted.empty() ? fmt::format("user-{}", id.value) : wanted;
  while (db.find_name.one(name))
    name += fmt::format("-{}", id.value);
  return name;
}

result<user> insert_user(writes& db, const new_user& wanted, wall_time at) {
  auto id = user_id{db.take_ids(1)};
  auto name = wanted.subject.empty() ? wanted.name : free_name(db, wanted.name, id);
  db.insert_account.run(id, name, wanted.email, wanted.image, wanted.issuer, wanted.subject, at);
  return user{id, name, wanted.email, wanted.image};
}

result<user> ensure(writes& db, const new_user& wanted, wall_time at) {
  transaction all(db.around);
  if (auto found = db.find_subject.one(wanted.issuer, wanted.subject)) {
    auto& [id, name, email, image] = *found;
    return user{id, name, email, image};
  }
  if (wanted.subject.empty() && db.find_name.one(wanted.name))
    return failure{errc::already_exists, "The name is taken"};
  auto created = insert_user(db, wanted, at);
  all.commit();
  return created;
}

result<room_info> create(writes& db, const new_room& wanted, wall_time at) {
  transaction all(db.around);
  if (!wanted.key.empty() && db.find_key.one(wanted.key))
    return failure{errc::already_exists, "The key is taken"};
  if (!db.find_account.one(wanted.owner))
    return failure{errc::not_found, "User not found"};
  auto key = wanted.key.empty() ? std::nullopt : std::optional(wanted.key);
  auto room = room_info{room_id{db.take_ids(1)}, wanted.key, wanted.name, wanted.topic, wanted.kind, wanted.visibility, 1, at};
  db.insert_room.run(room.id, key, room.name, room.topic, room.kind, room.visibility, room.last_seq, at);
  db.put_member.run(room.id, wanted.owner, member_role::owner, room.last_seq);
  auto row = to_row(member_added{wanted.owner, member_role::owner});
  db.insert_operation.run(room.id, room.last_seq, 0, row.kind, at, wanted.owner, {}, row.user, row.role, {}, {}, {});
  all.commit();
  return room;
}

size_t count(std::span<const batch> batches) {
  return std::accumulate(batches.begin(), batches.end(), size_t{0}, [](size_t sum, const batch& one) { return sum + one.entries.size(); });
}

} // namespace

struct journal::impl {
  impl(database& to, wall_clock clock) : db(to, "store: writing"), now(std::move(clock)) {}

  commit_outcome commit(std::span<const batch> batches, std::span<const cursor> cursors) {
    auto done = db.run([&](writes& run) { return result<commit_outcome>(store::append(run, batches, cursors, now())); });
    if (done)
      return *std::move(done);
    if (done.error().code == errc::unavailable || count(batches) + cursors.size() == 1)
      return {refuse(batches, done.error()), std::vector(cursors.size(), result<cursor>(done.error()))};
    return commit_one_by_one(batches, cursors);
  }

  commit_outcome commit_one_by_one(std::span<const batch> batches, std::span<const cursor> cursors) {
    commit_outcome all;
    for (const auto& [room, entries] : batches) {
      auto& answers = all.batches.emplace_back();
      for (const auto& one : entries)
        answers.push_back(commit(std::vector{batch{room, {one}}}, {}).batches[0][0]);
    }
    for (const auto& one : cursors)
      all.cursors.push_back(commit({}, std::span(&one, 1)).cursors[0]);
    return all;
  }

  kept<writes> db;
  wall_clock now;
};

journal::journal(database& db, wall_clock now) : impl_(std::make_unique<impl>(db, std::move(now))) {
}

journal::~journal() = default;

std::vector<std::vector<outcome>> journal::append(std::span<const batch> batches) {
  return impl_->commit(batches, {}).batches;
}

commit_outcome journal::commit(std::span<const batch> batches, std::span<const cursor> cursors) {
  return impl_->commit(batches, cursors);
}

result<room_info> journal::create_room(const new_room& wanted) {
  return impl_->db.run([&](writes& run) { return create(run, wanted, impl_->now()); });
}

result<bool> journal::try_write() {
  return impl_->db.run([](writes& run) {
    transaction all(run.around);
    run.advance_ids.run(0);
    all.commit();
    return result<bool>(true);
  });
}

result<user> journal::ensure_user(const new_user& wanted) {
  return impl_->db.run([&](writes& run) { return ensure(run, wanted, impl_->now()); });
}

result<account> journal::register_account(const new_account& wanted) {
  return impl_->db.run([&](writes& run) { return store::register_account(run, wanted, impl_->now()); });
}

result<bool> journal::change_password(const password_change& what) {
  return impl_->db.run([&](writes& run) { return store::change_password(run, what); });
}

result<bool> journal::change_state(const state_change& what) {
  return impl_->db.run([&](writes& run) { return store::change_state(run, what); });
}

result<bool> journal::change_server_role(user_id who, const std::string& role) {
  return impl_->db.run([&](writes& run) { return store::change_server_role(run, who, role); });
}

result<bool> journal::revoke(const revocation& what) {
  return impl_->db.run([&](writes& run) { return store::revoke(run, what, impl_->now()); });
}

} // namespace stentor::store
