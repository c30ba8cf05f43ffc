// Dialect "snake": join_channel, send_message, new_message, …

#include "dialect/dialect.hpp"
#include "dialect/fields.hpp"

namespace stentor::dialect {
namespace {

// -- in -----------------------------------------------------------------------

result<command> parse_join(args xs) {
  auto object = object_of(xs);
  if (!object)
    return object.error();
  auto room = room_in(**object, "channelId");
  if (!room)
    return room.error();
  auto after = seq_in(**object, "after");
  if (!after)
    return after.error();
  return command{join_room{*std::move(room), *after}};
}

result<command> parse_leave(args xs) {
  auto object = object_of(xs);
  if (!object)
    return object.error();
  auto room = room_in(**object, "channelId");
  if (!room)
    return room.error();
  return command{leave_room{*std::move(room)}};
}

result<command> parse_send(args xs) {
  auto object = object_of(xs);
  if (!object)
    return object.error();
  auto room = room_in(**object, "channelId");
  if (!room)
    return room.error();
  auto content = text_in(**object, "content", 1, unbounded);
  if (!content)
    return content.error();
  auto key = text_in(**object, "clientMessageId", 0, client_message_id_bytes_max);
  if (!key)
    return key.error();
  auto reply_to = message_in(**object, "replyToId");
  if (!reply_to)
    return reply_to.error();
  return command{submit_operation{*std::move(room), post_message{*std::move(content), *std::move(key), *reply_to}}};
}

// -- out ----------------------------------------------------------------------

json show_message(const room_label& room, const event& what) {
  const auto& message = std::get<message_posted>(what.what);
  return {
    {"id", text(message.id)},
    {"content", message.content},
    {"channelId", text(room)},
    {"userId", text(message.author->id)},
    {"createdAt", iso8601(what.at)},
    {"updatedAt", iso8601(what.at)},
    {"replyToId", message.reply_to ? json(text(*message.reply_to)) : json{}},
    {"user", {{"id", text(message.author->id)}, {"name", message.author->name}, {"image", or_null(message.author->image)}}},
    {"replyTo", nullptr},
    {"attachments", json::array()},
    {"reactions", json::array()},
    {"seq", what.seq},
  };
}

json show_joined(const outcome& of) {
  const auto& joined = std::get<joined_room>(of);
  return {{"channelId", text(joined.room)},
          {"seq", joined.seq},
          {"missed", show_missed(snake, joined.room, joined.missed)},
          {"hasMore", joined.has_more}};
}

json show_left(const outcome& of) {
  return json::object({{"channelId", text(std::get<left_room>(of).room)}});
}

json show_sent(const outcome& of) {
  const auto& sent = std::get<committed_operation>(of);
  auto shown = show_message(sent.room, *sent.what);
  shown["clientMessageId"] = or_null(std::get<message_posted>(sent.what->what).client_message_id);
  return shown;
}

// -- words --------------------------------------------------------------------

constexpr wording join_failures[] = {
  {errc::not_found, "Access denied to channel"},
  {errc::not_a_member, "Access denied to channel"},
  {errc::forbidden, "Access denied to channel"},
};

constexpr wording send_failures[] = {
  {errc::not_found, "Access denied to channel"},   {errc::not_a_member, "You are not a member of this channel"},
  {errc::bad_request, "Invalid message data"},     {errc::rate_limited, "Rate limit exceeded. Please slow down."},
  {errc::busy, "Failed to send message"},          {errc::unavailable, "Failed to send message"},
  {errc::shutting_down, "Failed to send message"}, {errc::internal, "Failed to send message"},
};

// clang-format off
constexpr inbound in[] = {
  // event            parse         answer             show          failures
  {"join_channel",    parse_join,   "joined_channel",  show_joined,  join_failures},
  {"leave_channel",   parse_leave,  "left_channel",    show_left,    {}},
  {"send_message",    parse_send,   "message_sent",    show_sent,    send_failures},
};
// clang-format on

// clang-format off
constexpr outbound out[] = {
  // kind  event           show
  {0,      "new_message",  show_message},
};
// clang-format on

} // namespace

const table snake{"snake", in, out};

} // namespace stentor::dialect
