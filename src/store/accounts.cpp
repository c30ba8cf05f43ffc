#include "store/accounts.hpp"

#include "base/overloaded.hpp"
#include "store/account_statements.hpp"
#include "store/writes.hpp"

#include <utility>

namespace stentor::store {
namespace {

constexpr auto everyone = "authenticated";

failure no_such_user() {
  return {errc::not_found, "User not found"};
}

/// The pattern of LIKE for texts that begin with `text`.
std::string beginning_with(const std::string& text) {
  std::string pattern;
  for (auto c : text) {
    if (c == '%' || c == '_' || c == '\\')
      pattern += '\\';
    pattern += c;
  }
  return pattern + '%';
}

result<bool> must_find(long long changed) {
  if (changed == 0)
    return no_such_user();
  return true;
}

std::vector<user> to_users(std::vector<account_reads::user_row> rows) {
  std::vector<user> users;
  for (auto& row : rows)
    users.push_back(std::make_from_tuple<user>(std::move(row)));
  return users;
}

std::vector<user_id> to_ids(const std::vector<std::tuple<user_id>>& rows) {
  std::vector<user_id> ids;
  for (const auto& [id] : rows)
    ids.push_back(id);
  return ids;
}

} // namespace

result<account> identify(account_reads& db, const claimed_identity& claimed) {
  auto found = claimed.id ? db.identity_by_id.one(claimed.token, claimed.id)
                          : db.identity_by_subject.one(claimed.token, claimed.issuer, claimed.subject);
  if (!found)
    return no_such_user();
  auto& [id, name, email, image, role, state, revoked] = *found;
  if (revoked)
    return failure{errc::invalid_token, "revoked"};
  if (state == account_state::blocked)
    return failure{errc::invalid_token, "blocked"};
  return account{{id, std::move(name), std::move(email), std::move(image)}, std::move(role)};
}

result<credentials> find_credentials(account_reads& db, const std::string& identifier) {
  auto by_email = identifier.find('@') != identifier.npos;
  auto found = by_email ? db.credentials_by_email.one(identifier) : db.credentials_by_name.one(identifier);
  if (!found)
    return no_such_user();
  auto& [id, name, email, image, role, state, hash] = *found;
  return credentials{
    {{id, std::move(name), std::move(email), std::move(image)}, std::move(role)}, std::move(hash), state == account_state::blocked};
}

result<std::vector<user>> find_users(account_reads& db, std::span<const user_id> ids) {
  std::vector<user> users;
  for (auto id : ids)
    if (auto found = db.user_by_id.one(id))
      users.push_back(std::make_from_tuple<user>(*std::move(found)));
  return users;
}

result<std::vector<user>> search_users(account_reads& db, const std::string& text, size_t limit) {
  return to_users(db.users_like.all(beginning_with(text), account_state::active, limit));
}

result<std::vector<user_id>> acquaintances_of(account_reads& db, user_id who, size_t room_members_max) {
  return to_ids(db.acquaintances.all(who, member_role::banned, room_members_max + 1));
}

result<std::vector<user_id>> known_to(account_reads& db, user_id asker, std::span<const user_id> whom) {
  std::vector<user_id> known;
  for (auto other : whom)
    if (other == asker || db.shared_room.one(asker, other, member_role::banned))
      known.push_back(other);
  return known;
}

result<std::vector<user_id>> members_for(account_reads& db, user_id asker, const room_ref& room) {
  auto by = overloaded{[&](room_id id) { return db.room_role.one(id, asker); },
                       [&](const std::string& key) { return db.room_role_by_key.one(key, asker); }};
  auto found = std::visit(by, room);
  if (!found || std::get<member_role>(*found) == member_role::banned)
    return failure{errc::not_found, "Room not found"};
  return to_ids(db.members.all(std::get<room_id>(*found), member_role::banned));
}

result<account> register_account(writes& db, const new_account& wanted, wall_time at) {
  transaction all(db.around);
  if (db.find_name.one(wanted.name))
    return failure{errc::already_exists, "The username is taken"};
  if (!wanted.email.empty() && db.accounts.is_email_taken.one(wanted.email))
    return failure{errc::already_exists, "The email is taken"};
  auto id = user_id{db.take_ids(1)};
  db.accounts.insert.run(id, wanted.name, wanted.email, at, wanted.password_hash);
  all.commit();
  return account{{id, wanted.name, wanted.email, {}}, everyone};
}

result<bool> change_password(writes& db, const password_change& what) {
  return must_find(db.accounts.set_password.run(what.password_hash, what.who));
}

result<bool> change_state(writes& db, const state_change& what) {
  return must_find(db.accounts.set_state.run(what.state, what.who));
}

result<bool> change_server_role(writes& db, user_id who, const std::string& role) {
  return must_find(db.accounts.set_role.run(role, who));
}

result<bool> revoke(writes& db, const revocation& what, wall_time at) {
  transaction all(db.around);
  db.accounts.forget_revocations.run(at);
  db.accounts.insert_revocation.run(what.token, what.expires_at);
  all.commit();
  return true;
}

} // namespace stentor::store
