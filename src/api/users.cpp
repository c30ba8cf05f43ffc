// Users over REST: oneself, others by id or by the beginning of their names, and for admins: who may come in.

#include "api/ask.hpp"
#include "api/people.hpp"
#include "dialect/fields.hpp"

namespace stentor::api {
namespace {

constexpr size_t users_max = 100, found_max = 20, text_bytes_max = 64;

/// "1,2,3"
result<std::vector<user_id>> ids_in(std::string_view text) {
  std::vector<user_id> ids;
  while (!text.empty()) {
    auto one = text.substr(0, text.find(','));
    text.remove_prefix(std::min(one.size() + 1, text.size()));
    auto id = dialect::user_from(json(one));
    if (!id || ids.size() == users_max)
      return failure{errc::bad_request, "ids must be at most " + std::to_string(users_max) + " ids of users, separated by commas"};
    ids.push_back(*id);
  }
  return ids;
}

void answer_users(const call_ptr& from, const std::vector<user>& users) {
  auto list = json::array();
  for (const auto& who : users)
    list.push_back(show_person(who));
  from->answer(200, std::move(list));
}

} // namespace

json show_account(const store::account& who) {
  return {{"id", who.who.id.value},
          {"username", who.who.name},
          {"email", dialect::or_null(who.who.email)},
          {"image", dialect::or_null(who.who.image)},
          {"role", who.role}};
}

json show_person(const user& who) {
  return {{"id", dialect::text(who.id)}, {"name", who.name}, {"image", dialect::or_null(who.image)}};
}

void show_me(service&, const call_ptr& from) {
  from->answer_bare(200, show_account({*from->who, from->as->role}));
}

void list_users(service& on, const call_ptr& from) {
  auto ids = ids_in(query_value(from->request.query, "ids"));
  if (!ids)
    return from->fail(ids.error());
  on.ask(from, on.actors().readers.next(), find_users{*std::move(ids)},
         [from](const std::vector<user>& users) { answer_users(from, users); });
}

void search_for_users(service& on, const call_ptr& from) {
  auto text = query_value(from->request.query, "q");
  if (text.empty() || text.size() > text_bytes_max)
    return from->fail({errc::bad_request, "q must be a text of 1 to " + std::to_string(text_bytes_max) + " bytes"});
  on.ask(from, on.actors().readers.next(), search_users{std::move(text), found_max},
         [from](const std::vector<user>& users) { answer_users(from, users); });
}

/// Whoever is blocked is closed once it is on disk.
void change_user(service& on, const call_ptr& from) {
  auto who = dialect::user_from(json(from->params[0]));
  if (!who)
    return from->fail(errc::not_found);
  auto body = from->body_object({});
  if (!body)
    return from->fail(body.error());
  if (!body->contains("blocked") || !(*body)["blocked"].is_boolean())
    return from->fail({errc::bad_request, "blocked must be true or false"});
  auto state = (*body)["blocked"].get<bool>() ? store::account_state::blocked : store::account_state::active;
  on.ask(from, on.actors().persistence, store::state_change{*who, state}, [&on, from, who = *who, state](const stored&) {
    auto blocked = state == store::account_state::blocked;
    if (blocked)
      on.self()->send(on.actors().registry, expel{who, {}});
    else
      on.self()->send(on.actors().registry, pardon{who});
    from->answer(200, {{"id", dialect::text(who)}, {"blocked", blocked}});
  });
}

} // namespace stentor::api
