// Dialect "colon": message:new, member:added, … Every event has a word here: other dialects fall back on it.

#include "dialect/dialect.hpp"
#include "dialect/fields.hpp"

namespace stentor::dialect {
namespace {

template <class Kind>
const Kind& as(const event& what) {
  return std::get<Kind>(what.what);
}

json show_message(const room_label& room, const event& what) {
  const auto& message = as<message_posted>(what);
  auto reactions = json::array();
  for (const auto& x : message.reactions)
    reactions.push_back({{"emoji", x.emoji}, {"userId", text(x.who->id)}});
  return {
    {"id", text(message.id)},
    {"conversationId", text(room)},
    {"senderId", text(message.author->id)},
    {"content", message.content},
    {"sender", {{"id", text(message.author->id)}, {"name", message.author->name}, {"image", or_null(message.author->image)}}},
    {"createdAt", iso8601(what.at)},
    {"updatedAt", iso8601(message.edited_at.value_or(what.at))},
    {"isRead", false},
    {"replyToId", message.reply_to ? json(text(*message.reply_to)) : json{}},
    {"replyTo", message.quoted ? show_message(room, *message.quoted) : json{}},
    {"replyCount", 0},
    {"attachments", json::array()},
    {"reactions", std::move(reactions)},
    {"seq", what.seq},
  };
}

json show_edited(const room_label& room, const event& what) {
  const auto& edited = as<message_edited>(what);
  return {{"conversationId", text(room)},
          {"messageId", text(edited.id)},
          {"content", edited.content},
          {"updatedAt", iso8601(what.at)},
          {"seq", what.seq}};
}

json show_deleted(const room_label& room, const event& what) {
  return {{"conversationId", text(room)}, {"messageId", text(as<message_deleted>(what).id)}, {"seq", what.seq}};
}

json show_reaction(const room_label& room, message_id message, const std::string& emoji, const event& what) {
  return {{"conversationId", text(room)}, {"messageId", text(message)}, {"emoji", emoji}, {"userId", text(what.by)}, {"seq", what.seq}};
}

json show_reaction_added(const room_label& room, const event& what) {
  const auto& added = as<reaction_added>(what);
  return show_reaction(room, added.message, added.what.emoji, what);
}

json show_reaction_removed(const room_label& room, const event& what) {
  const auto& removed = as<reaction_removed>(what);
  return show_reaction(room, removed.message, removed.emoji, what);
}

/// For what has happened to a member and leaves them with a role.
template <class Kind>
json show_member(const room_label& room, const event& what) {
  const auto& member = as<Kind>(what);
  return {{"conversationId", text(room)}, {"userId", text(member.who)}, {"role", text(member.role)}, {"seq", what.seq}};
}

json show_member_removed(const room_label& room, const event& what) {
  return {{"conversationId", text(room)}, {"userId", text(as<member_removed>(what).who)}, {"seq", what.seq}};
}

json show_room(const room_label& room, const event& what) {
  const auto& changed = as<room_changed>(what);
  auto shown = json::object({{"conversationId", text(room)}});
  if (changed.name)
    shown["name"] = *changed.name;
  if (changed.topic)
    shown["topic"] = or_null(*changed.topic);
  if (changed.visibility)
    shown["visibility"] = text(*changed.visibility);
  shown["seq"] = what.seq;
  return shown;
}

json show_room_deleted(const room_label& room, const event& what) {
  return {{"conversationId", text(room)}, {"seq", what.seq}};
}

json show_typing(const room_label& room, const hint& what) {
  return {{"conversationId", text(room)}, {"userId", text(what.who->id)}};
}

// -- people -------------------------------------------------------------------

constexpr size_t users_asked_max = 100;

result<command> parse_refresh(args xs) {
  auto object = object_of(xs);
  if (!object)
    return object.error();
  auto token = text_in(**object, "token", 1, unbounded);
  if (!token)
    return token.error();
  return command{refresh_token{*std::move(token)}};
}

result<command> parse_get_status(args xs) {
  auto who = user_from(xs.empty() ? json{} : xs[0]);
  if (!who)
    return who.error();
  return command{ask_status{{*who}}};
}

result<command> parse_get_statuses(args xs) {
  if (xs.empty() || !xs[0].is_array() || xs[0].size() > users_asked_max)
    return failure{errc::bad_request, "the event takes a list of at most " + std::to_string(users_asked_max) + " ids of users"};
  auto asked = ask_status{};
  for (const auto& value : xs[0]) {
    auto who = user_from(value);
    if (!who)
      return who.error();
    asked.whom.push_back(*who);
  }
  return command{std::move(asked)};
}

result<command> parse_get_online(args xs) {
  auto room = room_from(xs.empty() ? json{} : xs[0]);
  if (!room)
    return room.error();
  return command{ask_online{*std::move(room)}};
}

json show_refreshed(const outcome& of) {
  return json::object({{"expiresAt", iso8601(std::get<token_refreshed>(of).expires_at)}});
}

json show_status(const known_status& one) {
  return {{"userId", text(one.who)}, {"status", one.is_online ? "online" : "offline"}};
}

json show_first_status(const outcome& of) {
  return show_status(std::get<known_statuses>(of).of.front());
}

json show_statuses(const outcome& of) {
  auto list = json::array();
  for (const auto& one : std::get<known_statuses>(of).of)
    list.push_back(show_status(one));
  return list;
}

json show_online(const outcome& of) {
  auto list = json::array();
  for (auto who : std::get<online_members>(of).who)
    list.push_back(text(who));
  return list;
}

// -- words --------------------------------------------------------------------

// clang-format off
constexpr inbound in[] = {
  // event                            parse                answer  show                failures  ack
  {"auth:refresh",                    parse_refresh,       "",     show_refreshed,     {}},
  {"user:get-status",                 parse_get_status,    "",     show_first_status,  {},       ack_style::bare},
  {"users:get-status",                parse_get_statuses,  "",     show_statuses,      {},       ack_style::bare},
  {"conversation:get-online-users",   parse_get_online,    "",     show_online,        {},       ack_style::bare},
};
// clang-format on

// clang-format off
constexpr outbound out[] = {
  // kind                      event                    show
  {kind_of<message_posted>,    "message:new",           show_message},
  {kind_of<message_edited>,    "message:updated",       show_edited},
  {kind_of<message_deleted>,   "message:deleted",       show_deleted},
  {kind_of<reaction_added>,    "reaction:added",        show_reaction_added},
  {kind_of<reaction_removed>,  "reaction:removed",      show_reaction_removed},
  {kind_of<member_added>,      "member:added",          show_member<member_added>},
  {kind_of<role_changed>,      "member:updated",        show_member<role_changed>},
  {kind_of<member_removed>,    "member:removed",        show_member_removed},
  {kind_of<room_changed>,      "conversation:updated",  show_room},
  {kind_of<room_deleted>,      "conversation:deleted",  show_room_deleted},
};
// clang-format on
static_assert(std::size(out) == std::variant_size_v<happening>, "colon has a word for every kind of event");

// clang-format off
constexpr outbound_hint hints[] = {
  // kind  event           show
  {0,      "typing:start", show_typing},
  {1,      "typing:stop",  show_typing},
};
// clang-format on
static_assert(std::size(hints) == std::variant_size_v<decltype(hint::what)>, "and for every kind of hint");

} // namespace

const table colon{"colon", in, out, hints};

} // namespace stentor::dialect
