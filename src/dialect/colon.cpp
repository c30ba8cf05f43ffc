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

// clang-format off
constexpr outbound out[] = {
  // kind  event             show
  {0,      "message:new",    show_message},
  {1,      "member:added",   show_member},
};
// clang-format on
static_assert(std::size(out) == std::variant_size_v<decltype(event::what)>, "colon has a word for every kind of event");

} // namespace

const table colon{"colon", {}, out};

} // namespace stentor::dialect
