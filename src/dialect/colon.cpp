// Dialect "colon": message:new, member:added, … Every event has a word here: other dialects fall back on it.

#include "dialect/dialect.hpp"
#include "dialect/fields.hpp"

namespace stentor::dialect {
namespace {

json show_message(const room_label& room, const event& what) {
  const auto& message = std::get<message_posted>(what.what);
  return {
    {"id", text(message.id)},
    {"conversationId", text(room)},
    {"senderId", text(message.author->id)},
    {"content", message.content},
    {"sender", {{"id", text(message.author->id)}, {"name", message.author->name}, {"image", or_null(message.author->image)}}},
    {"createdAt", iso8601(what.at)},
    {"updatedAt", iso8601(what.at)},
    {"isRead", false},
    {"replyToId", message.reply_to ? json(text(*message.reply_to)) : json{}},
    {"replyTo", nullptr},
    {"replyCount", 0},
    {"attachments", json::array()},
    {"reactions", json::array()},
    {"seq", what.seq},
  };
}

json show_member(const room_label& room, const event& what) {
  constexpr std::string_view roles[] = {"banned", "muted", "member", "moderator", "owner"};
  const auto& added = std::get<member_added>(what.what);
  return {{"conversationId", text(room)}, {"userId", text(added.who)}, {"role", roles[static_cast<size_t>(added.role)]}, {"seq", what.seq}};
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
  // kind  event             show
  {0,      "message:new",    show_message},
  {1,      "member:added",   show_member},
};
// clang-format on
static_assert(std::size(out) == std::variant_size_v<decltype(event::what)>, "colon has a word for every kind of event");

} // namespace

const table colon{"colon", in, out};

} // namespace stentor::dialect
