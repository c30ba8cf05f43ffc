// Channels over REST: create, list, show, join.

#include "api/ask.hpp"
#include "chat/room_key.hpp"
#include "dialect/fields.hpp"

namespace stentor::api {
namespace {

constexpr size_t topic_bytes_max = 1024;
constexpr std::string_view role_names[] = {"banned", "muted", "member", "moderator", "owner"};

json show(const room_info& room, std::optional<member_role> role) {
  return {
    {"id", dialect::text(room_label{room.id, room.key, room.kind})},
    {"name", room.name},
    {"topic", dialect::or_null(room.topic)},
    {"visibility", room.visibility == room_visibility::open ? "public" : "private"},
    {"role", role ? json(role_names[static_cast<size_t>(*role)]) : json{}},
    {"lastSeq", room.last_seq},
    {"createdAt", iso8601(room.created_at)},
  };
}

json show(const description& about) {
  auto shown = show(about.info, about.role);
  shown["memberCount"] = about.members;
  return shown;
}

result<store::new_room> wanted_channel(const json& body, user_id owner, size_t name_bytes_max) {
  auto name = dialect::text_in(body, "name", 1, name_bytes_max);
  if (!name)
    return name.error();
  auto topic = dialect::text_in(body, "topic", 0, topic_bytes_max);
  if (!topic)
    return topic.error();
  auto key = dialect::text_in(body, "key", 0, unsigned{128});
  if (!key)
    return key.error();
  if (!key->empty() && !is_room_key(*key))
    return failure{errc::bad_request, "key must be a letter, then up to 127 of letters, digits, _, : and -, and no word of the API"};
  auto visibility = dialect::text_in(body, "visibility", 1, 16);
  if (!visibility || (*visibility != "public" && *visibility != "private"))
    return failure{errc::bad_request, "visibility must be \"public\" or \"private\""};
  return store::new_room{.key = *key,
                         .name = *name,
                         .topic = *topic,
                         .kind = room_kind::channel,
                         .visibility = *visibility == "public" ? room_visibility::open : room_visibility::closed,
                         .owner = owner};
}

void with_channel(service& on, const call_ptr& from, std::function<void(const found_room&)> then) {
  auto room = dialect::room_from(from->params[0]);
  if (!room)
    return from->fail(errc::not_found);
  on.ask(from, on.actors().directory, find_room{*room}, std::move(then));
}

void describe_to(service& on, const call_ptr& from, const found_room& where) {
  on.ask(from, where.actor, describe{from->who->id}, [from](const description& about) { from->answer(200, show(about)); });
}

} // namespace

void create_channel(service& on, const call_ptr& from) {
  const auto& limits = on.config().limits;
  auto body = from->body_object({.depth_max = limits.json_depth_max, .elements_max = limits.json_elements_max});
  if (!body)
    return from->fail(body.error());
  auto wanted = wanted_channel(*body, from->who->id, limits.room_name_bytes_max);
  if (!wanted)
    return from->fail(wanted.error());
  on.ask(from, on.actors().persistence, *wanted, [from](const room_info& made) {
    from->answer(201, show(description{made, member_role::owner, 1}));
  });
}

void list_channels(service& on, const call_ptr& from) {
  on.ask(from, on.actors().readers.next(), list_rooms{from->who->id}, [from](const std::vector<room_info>& rooms) {
    auto list = json::array();
    for (const auto& room : rooms)
      list.push_back(show(room, std::nullopt));
    from->answer(200, std::move(list));
  });
}

void show_channel(service& on, const call_ptr& from) {
  with_channel(on, from, [&on, from](const found_room& where) { describe_to(on, from, where); });
}

/// Joining twice is no error: the second time there is nothing to do.
void join_channel(service& on, const call_ptr& from) {
  with_channel(on, from, [&on, from](const found_room& where) {
    on.self()
      ->request(where.actor, caf::infinite, submit{from->who, add_member{from->who->id, member_role::member}})
      .then([&on, from, where](const committed&) { describe_to(on, from, where); },
            [&on, from, where](const caf::error& error) {
              auto why = to_failure(error);
              if (why.code == errc::already_exists)
                return describe_to(on, from, where);
              from->fail(why);
            });
  });
}

} // namespace stentor::api
