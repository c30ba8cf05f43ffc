// Channels over REST: create, list, show, change, delete, join, leave, read.

#include "api/channel.hpp"
#include "chat/room_key.hpp"
#include "dialect/fields.hpp"

namespace stentor::api {
namespace {

constexpr size_t topic_bytes_max = 1024;

json show(const room_info& room, std::optional<member_role> role, uint64_t unread) {
  return {
    {"id", dialect::text(room_label{room.id, room.key, room.kind})},
    {"name", room.name},
    {"topic", dialect::or_null(room.topic)},
    {"visibility", dialect::text(room.visibility)},
    {"role", role ? json(dialect::text(*role)) : json{}},
    {"lastSeq", room.last_seq},
    {"unread", unread},
    {"createdAt", iso8601(room.created_at)},
  };
}

json show(const description& about, uint64_t unread) {
  auto shown = show(about.info, about.role, unread);
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
  auto visibility = dialect::visibility_in(body, "visibility");
  if (!visibility)
    return visibility.error();
  return store::new_room{
    .key = *key, .name = *name, .topic = *topic, .kind = room_kind::channel, .visibility = *visibility, .owner = owner};
}

/// What is not set in the body stays as it is.
result<change_room> wanted_change(const json& body, size_t name_bytes_max) {
  auto change = change_room{};
  if (body.contains("name")) {
    auto name = dialect::text_in(body, "name", 1, name_bytes_max);
    if (!name)
      return name.error();
    change.name = *std::move(name);
  }
  if (body.contains("topic")) {
    auto topic = dialect::text_in(body, "topic", 0, topic_bytes_max);
    if (!topic)
      return topic.error();
    change.topic = *std::move(topic);
  }
  if (body.contains("visibility")) {
    auto visibility = dialect::visibility_in(body, "visibility");
    if (!visibility)
      return visibility.error();
    change.visibility = *visibility;
  }
  if (!change.name && !change.topic && !change.visibility)
    return failure{errc::bad_request, "name, topic or visibility must be given"};
  return change;
}

void describe_to(service& on, const call_ptr& from, const found_room& where) {
  on.ask(from, where.actor, describe{from->who->id}, [&on, from, where](const description& about) {
    if (!about.role || *about.role == member_role::banned)
      return from->answer(200, show(about, 0));
    on.ask(from, on.actors().readers.next(), find_membership{from->who->id, where.room.id},
           [from, about](const store::membership& place) { from->answer(200, show(about, place.unread)); });
  });
}

} // namespace

void with_channel(service& on, const call_ptr& from, std::function<void(const found_room&)> then) {
  auto room = dialect::room_from(from->params[0]);
  if (!room)
    return from->fail(errc::not_found);
  on.ask(from, on.actors().directory, find_room{*room}, [from, then = std::move(then)](const found_room& where) {
    if (where.room.kind != room_kind::channel)
      return from->fail(errc::not_found);
    then(where);
  });
}

void submit_to(service& on, const call_ptr& from, const found_room& where, operation what, on_committed then) {
  on.ask(from, where.actor, submit{from->who, std::move(what)}, std::move(then));
}

void submit_or_repeat(service& on, const call_ptr& from, const found_room& where, operation what, std::function<void()> then) {
  on.self()
    ->request(where.actor, caf::infinite, submit{from->who, std::move(what)})
    .then([then](const committed&) { then(); },
          [from, then](const caf::error& error) {
            auto why = to_failure(error);
            if (why.code == errc::already_exists)
              return then();
            from->fail(why);
          });
}

void create_channel(service& on, const call_ptr& from) {
  const auto& limits = on.config().limits;
  auto body = from->body_object({.depth_max = limits.json_depth_max, .elements_max = limits.json_elements_max});
  if (!body)
    return from->fail(body.error());
  auto wanted = wanted_channel(*body, from->who->id, limits.room_name_bytes_max);
  if (!wanted)
    return from->fail(wanted.error());
  on.ask(from, on.actors().persistence, *wanted, [from](const room_info& made) {
    from->answer(201, show(description{made, member_role::owner, 1}, 0));
  });
}

void list_channels(service& on, const call_ptr& from) {
  on.ask(from, on.actors().readers.next(), list_rooms{from->who->id}, [from](const std::vector<store::membership>& rooms) {
    auto list = json::array();
    for (const auto& [room, role, unread] : rooms)
      if (room.kind == room_kind::channel)
        list.push_back(show(room, role, unread));
    from->answer(200, std::move(list));
  });
}

void show_channel(service& on, const call_ptr& from) {
  with_channel(on, from, [&on, from](const found_room& where) { describe_to(on, from, where); });
}

void change_channel(service& on, const call_ptr& from) {
  auto body = from->body_object({});
  if (!body)
    return from->fail(body.error());
  auto wanted = wanted_change(*body, on.config().limits.room_name_bytes_max);
  if (!wanted)
    return from->fail(wanted.error());
  with_channel(on, from, [&on, from, wanted = *wanted](const found_room& where) {
    submit_to(on, from, where, wanted, [&on, from, where](const committed&) { describe_to(on, from, where); });
  });
}

void delete_channel(service& on, const call_ptr& from) {
  with_channel(on, from, [&on, from](const found_room& where) {
    submit_to(on, from, where, delete_room{}, [from](const committed&) { from->answer_nothing(); });
  });
}

/// Joining twice is no error: the second time there is nothing to do.
void join_channel(service& on, const call_ptr& from) {
  with_channel(on, from, [&on, from](const found_room& where) {
    submit_or_repeat(on, from, where, add_member{from->who->id, member_role::member}, [&on, from, where] { describe_to(on, from, where); });
  });
}

void leave_channel(service& on, const call_ptr& from) {
  with_channel(on, from, [&on, from](const found_room& where) {
    submit_to(on, from, where, remove_member{from->who->id}, [from](const committed& done) {
      from->answer(200, {{"id", dialect::text(done.room)}, {"seq", done.what->seq}});
    });
  });
}

void read_channel(service& on, const call_ptr& from) {
  auto body = from->body_object({});
  if (!body)
    return from->fail(body.error());
  auto seq = dialect::seq_in(*body, "seq");
  if (!seq || !*seq)
    return from->fail({errc::bad_request, "seq must be a seq: an integer from 0"});
  with_channel(on, from, [&on, from, seq = **seq](const found_room& where) {
    on.ask(from, where.actor, mark_read{from->who->id, seq}, [&on, from, where](const store::cursor&) { describe_to(on, from, where); });
  });
}

} // namespace stentor::api
