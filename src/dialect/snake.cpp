// Dialect "snake": join_channel, send_message, new_message, …

#include "dialect/dialect.hpp"
#include "dialect/fields.hpp"

#include <array>

namespace stentor::dialect {
namespace {

// -- in -----------------------------------------------------------------------

result<command> parse_join(args xs) {
  auto from = reading(xs);
  auto room = from.room("channelId");
  return from.as(join_room{std::move(room), from.seq("after")});
}

result<command> parse_leave(args xs) {
  auto from = reading(xs);
  auto room = from.room("channelId");
  return from.as(leave_room{std::move(room)});
}

result<command> parse_send(args xs) {
  auto from = reading(xs);
  auto room = from.room("channelId");
  auto content = from.text("content", 1, unbounded);
  auto key = from.text("clientMessageId", 0, client_message_id_bytes_max);
  auto reply_to = from.message("replyToId");
  from.attachments("attachments");
  return from.as(submit_operation{std::move(room), post_message{std::move(content), std::move(key), reply_to}});
}

result<command> parse_edit(args xs) {
  auto from = reading(xs);
  auto room = from.room("channelId");
  auto message = from.required_message("messageId");
  auto content = from.text("content", 1, unbounded);
  auto key = from.text("clientOpId", 0, client_message_id_bytes_max);
  return from.as(submit_operation{std::move(room), edit_message{message, std::move(content), std::move(key)}});
}

result<command> parse_delete(args xs) {
  auto from = reading(xs);
  auto room = from.room("channelId");
  auto message = from.required_message("messageId");
  auto key = from.text("clientOpId", 0, client_message_id_bytes_max);
  return from.as(submit_operation{std::move(room), delete_message{message, std::move(key)}});
}

template <class Reaction>
result<command> parse_reaction(args xs) {
  auto from = reading(xs);
  auto room = from.room("channelId");
  auto message = from.required_message("messageId");
  auto emoji = from.text("emoji", 1, emoji_bytes_max);
  return from.as(submit_operation{std::move(room), Reaction{message, std::move(emoji)}});
}

template <class Typing>
result<command> parse_typing(args xs) {
  auto from = reading(xs);
  auto room = from.room("channelId");
  return from.as(send_hint{std::move(room), Typing{}});
}

result<command> parse_ping(args) {
  return command{ping{}};
}

// -- out ----------------------------------------------------------------------

json show_reaction(message_id message, const reaction& what) {
  return {
    {"id", text(what.id)},          {"emoji", what.emoji},           {"messageId", text(message)},
    {"userId", text(what.who->id)}, {"createdAt", iso8601(what.at)}, {"user", {{"id", text(what.who->id)}, {"name", what.who->name}}},
  };
}

json show_message(const room_label& room, const event& what) {
  const auto& message = std::get<message_posted>(what.what);
  auto reactions = json::array();
  for (const auto& x : message.reactions)
    reactions.push_back(show_reaction(message.id, x));
  return {
    {"id", text(message.id)},
    {"content", message.content},
    {"channelId", text(room)},
    {"userId", text(message.author->id)},
    {"createdAt", iso8601(what.at)},
    {"updatedAt", iso8601(message.edited_at.value_or(what.at))},
    {"replyToId", message.reply_to ? json(text(*message.reply_to)) : json{}},
    {"user", {{"id", text(message.author->id)}, {"name", message.author->name}, {"image", or_null(message.author->image)}}},
    {"replyTo", message.quoted ? show_message(room, *message.quoted) : json{}},
    {"attachments", json::array()},
    {"reactions", std::move(reactions)},
    {"seq", what.seq},
  };
}

json show_edited(const room_label& room, const event& what) {
  const auto& edited = std::get<message_edited>(what.what);
  return {{"messageId", text(edited.id)},
          {"content", edited.content},
          {"updatedAt", iso8601(what.at)},
          {"channelId", text(room)},
          {"seq", what.seq}};
}

json show_deleted(const room_label& room, const event& what) {
  return {{"messageId", text(std::get<message_deleted>(what.what).id)}, {"channelId", text(room)}, {"seq", what.seq}};
}

json show_reaction_added(const room_label& room, const event& what) {
  const auto& added = std::get<reaction_added>(what.what);
  auto shown = show_reaction(added.message, added.what);
  shown["channelId"] = text(room);
  shown["seq"] = what.seq;
  return shown;
}

json show_reaction_removed(const room_label& room, const event& what) {
  const auto& removed = std::get<reaction_removed>(what.what);
  return {{"messageId", text(removed.message)},
          {"emoji", removed.emoji},
          {"userId", text(what.by)},
          {"channelId", text(room)},
          {"seq", what.seq}};
}

json show_typing(const room_label& room, const hint& what) {
  return {{"channelId", text(room)}, {"userId", text(what.who->id)}, {"name", what.who->name}, {"userName", what.who->name}};
}

// -- answers ------------------------------------------------------------------

json answer_joined(const outcome& of) {
  const auto& joined = std::get<joined_room>(of);
  return {{"channelId", text(joined.room)},
          {"seq", joined.seq},
          {"missed", show_missed(snake, joined.room, joined.missed)},
          {"hasMore", joined.has_more}};
}

json answer_left(const outcome& of) {
  return json::object({{"channelId", text(std::get<left_room>(of).room)}});
}

json answer_sent(const outcome& of) {
  const auto& sent = std::get<committed_operation>(of);
  auto shown = show_message(sent.room, *sent.what);
  shown["clientMessageId"] = or_null(std::get<message_posted>(sent.what->what).client_message_id);
  return shown;
}

/// For edits and deletions.
template <class Kind>
json answer_changed(const outcome& of) {
  const auto& [room, what] = std::get<committed_operation>(of);
  const auto& changed = std::get<Kind>(what->what);
  return {{"clientOpId", or_null(changed.client_op_id)}, {"messageId", text(changed.id)}, {"channelId", text(room)}, {"seq", what->seq}};
}

/// The same as everyone is told.
json answer_told(const outcome& of) {
  const auto& [room, what] = std::get<committed_operation>(of);
  return word_for(snake, *what).show(room, *what);
}

json answer_typing(const outcome& of) {
  return json::object({{"channelId", text(std::get<sent_hint>(of).room)}});
}

json answer_ping(const outcome& of) {
  return json::object({{"timestamp", iso8601(std::get<pong>(of).at)}});
}

// -- words --------------------------------------------------------------------

constexpr std::string_view denied = "Access denied to channel";

constexpr wording join_failures[] = {
  {errc::not_found, denied},
  {errc::not_a_member, denied},
  {errc::forbidden, denied},
};

/// What the failures of everything else are called. `failed`: what may work later.
template <class... More>
constexpr auto failures(std::string_view failed, More... more) {
  return std::array{
    wording{errc::not_found, denied},
    wording{errc::not_a_member, "You are not a member of this channel"},
    wording{errc::bad_request, "Invalid message data"},
    wording{errc::rate_limited, "Rate limit exceeded. Please slow down."},
    wording{errc::busy, failed},
    wording{errc::unavailable, failed},
    wording{errc::shutting_down, failed},
    wording{errc::internal, failed},
    more...,
  };
}

constexpr auto send_failures = failures("Failed to send message");
constexpr auto edit_failures = failures("Failed to edit message", wording{errc::not_the_author, "You can only edit your own messages"});
constexpr auto delete_failures =
  failures("Failed to delete message", wording{errc::not_the_author, "You can only delete your own messages"});
constexpr auto reaction_failures = failures("Failed to change reactions");
constexpr auto typing_failures = failures("Failed to tell the others");
constexpr wording ping_failures[] = {{errc::rate_limited, "Rate limit exceeded. Please slow down."}};

constexpr auto channels = room_scope::channels;

// clang-format off
constexpr inbound in[] = {
  // event             parse                             answer                  show                             failures            ack                 rooms
  {"join_channel",     parse_join,                       "joined_channel",       answer_joined,                   join_failures,      ack_style::with_ok, channels},
  {"leave_channel",    parse_leave,                      "left_channel",         answer_left,                     {},                 ack_style::with_ok, channels},
  {"send_message",     parse_send,                       "message_sent",         answer_sent,                     send_failures,      ack_style::with_ok, channels},
  {"edit_message",     parse_edit,                       "message_edited_ack",   answer_changed<message_edited>,  edit_failures,      ack_style::with_ok, channels},
  {"delete_message",   parse_delete,                     "message_deleted_ack",  answer_changed<message_deleted>, delete_failures,    ack_style::with_ok, channels},
  {"add_reaction",     parse_reaction<add_reaction>,     "",                     answer_told,                     reaction_failures,  ack_style::with_ok, channels},
  {"remove_reaction",  parse_reaction<remove_reaction>,  "",                     answer_told,                     reaction_failures,  ack_style::with_ok, channels},
  {"typing_start",     parse_typing<typing_started>,     "",                     answer_typing,                   typing_failures,    ack_style::with_ok, channels},
  {"typing_stop",      parse_typing<typing_stopped>,     "",                     answer_typing,                   typing_failures,    ack_style::with_ok, channels},
  {"ping",             parse_ping,                       "pong",                 answer_ping,                     ping_failures},
};
// clang-format on

// clang-format off
constexpr outbound out[] = {
  // kind                      event               show
  {kind_of<message_posted>,    "new_message",      show_message},
  {kind_of<message_edited>,    "message_edited",   show_edited},
  {kind_of<message_deleted>,   "message_deleted",  show_deleted},
  {kind_of<reaction_added>,    "reaction_added",   show_reaction_added},
  {kind_of<reaction_removed>,  "reaction_removed", show_reaction_removed},
};
// clang-format on

// clang-format off
constexpr outbound_hint hints[] = {
  // kind  event           show
  {0,      "typing_start", show_typing},
  {1,      "typing_stop",  show_typing},
};
// clang-format on

} // namespace

const table snake{"snake", in, out, hints};

} // namespace stentor::dialect
