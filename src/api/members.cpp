// A channel's members over REST: list, add, change, remove.

#include "api/channel.hpp"
#include "api/query.hpp"
#include "dialect/fields.hpp"

namespace stentor::api {
namespace {

json show(user_id who, member_role role) {
  return {{"userId", dialect::text(who)}, {"role", dialect::text(role)}};
}

/// The user of the path; answers the call if that can be none.
std::optional<user_id> wanted_user(const call_ptr& from) {
  auto who = dialect::user_from(from->params[1]);
  if (who)
    return *who;
  from->fail(errc::not_found);
  return {};
}

result<add_member> wanted_member(const json& body) {
  auto who = dialect::user_in(body, "userId");
  if (!who)
    return who.error();
  auto role = body.contains("role") ? dialect::role_in(body, "role") : member_role::member;
  if (!role)
    return role.error();
  return add_member{*who, *role};
}

} // namespace

void list_members(service& on, const call_ptr& from) {
  auto limit = page_limit(from->request, on.config().limits.history_page_max);
  auto after = query_number(from->request, "after", 0, 0, id_max);
  if (!limit || !after)
    return from->fail(limit ? after.error() : limit.error());
  auto which = store::member_range{.after = {*after}, .limit = *limit};
  with_channel(on, from, [&on, from, which](const found_room& where) {
    on.ask(from, where.actor, stentor::list_members{from->who->id, which}, [from, which](const store::member_page& page) {
      auto list = json::array();
      for (const auto& [who, role] : page.members) {
        auto shown = show(who.id, role);
        shown["name"] = who.name;
        shown["image"] = dialect::or_null(who.image);
        list.push_back(std::move(shown));
      }
      from->answer(200, std::move(list), {{"limit", which.limit}, {"hasMore", page.has_more}});
    });
  });
}

void add_channel_member(service& on, const call_ptr& from) {
  auto body = from->body_object({});
  if (!body)
    return from->fail(body.error());
  auto wanted = wanted_member(*body);
  if (!wanted)
    return from->fail(wanted.error());
  with_channel(on, from, [&on, from, wanted = *wanted](const found_room& where) {
    submit_to(on, from, where, wanted, [from](const committed& done) {
      const auto& added = std::get<member_added>(done.what->what);
      from->answer(201, show(added.who, added.role));
    });
  });
}

void change_channel_member(service& on, const call_ptr& from) {
  auto who = wanted_user(from);
  if (!who)
    return;
  auto body = from->body_object({});
  if (!body)
    return from->fail(body.error());
  auto role = dialect::role_in(*body, "role");
  if (!role)
    return from->fail(role.error());
  with_channel(on, from, [&on, from, wanted = change_role{*who, *role}](const found_room& where) {
    submit_or_repeat(on, from, where, wanted, [from, wanted] { from->answer(200, show(wanted.who, wanted.role)); });
  });
}

void remove_channel_member(service& on, const call_ptr& from) {
  auto who = wanted_user(from);
  if (!who)
    return;
  with_channel(on, from, [&on, from, who = *who](const found_room& where) {
    submit_to(on, from, where, remove_member{who}, [from](const committed&) { from->answer_nothing(); });
  });
}

} // namespace stentor::api
