#include "dialect/fields.hpp"

#include "chat/room_key.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>

namespace stentor::dialect {
namespace {

constexpr uint64_t id_max = (uint64_t{1} << 53) - 1;

failure wrong(std::string_view name, std::string_view wanted) {
  return {errc::bad_request, std::string{name} + " must be " + std::string{wanted}};
}

/// A number, or its text, below 2^53.
std::optional<uint64_t> number_from(const json& value) {
  if (value.is_number_unsigned() && value.get<uint64_t>() <= id_max)
    return value.get<uint64_t>();
  if (!value.is_string())
    return std::nullopt;
  const auto& digits = value.get_ref<const std::string&>();
  auto number = uint64_t{0};
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc{} || end != digits.data() + digits.size() || number > id_max)
    return std::nullopt;
  return number;
}

/// `object[name]`, or null if it is absent.
const json& at(const json& object, std::string_view name) {
  static const json absent;
  auto found = object.find(name);
  return found == object.end() ? absent : *found;
}

} // namespace

std::string text(const room_label& room) {
  return room.key.empty() ? text(room.id) : room.key;
}

json or_null(const std::string& text) {
  return text.empty() ? json{} : json(text);
}

result<const json*> object_of(args xs) {
  if (xs.empty() || !xs[0].is_object())
    return failure{errc::bad_request, "the event takes one object"};
  return &xs[0];
}

result<room_ref> room_from(const json& value) {
  if (auto number = number_from(value); number && *number > 0)
    return room_ref{room_id{*number}};
  if (value.is_string() && is_room_key(value.get_ref<const std::string&>()))
    return room_ref{value.get<std::string>()};
  return failure{errc::bad_request, "must be the id or key of a room"};
}

result<room_ref> room_in(const json& object, std::string_view name) {
  auto room = room_from(at(object, name));
  if (!room)
    return wrong(name, "the id or key of a room");
  return room;
}

result<user_id> user_from(const json& value) {
  if (auto number = number_from(value); number && *number > 0)
    return user_id{*number};
  return failure{errc::bad_request, "must be the id of a user"};
}

result<std::optional<seqno>> seq_in(const json& object, std::string_view name) {
  const auto& value = at(object, name);
  if (value.is_null())
    return std::optional<seqno>{};
  if (auto number = number_from(value))
    return std::optional<seqno>{*number};
  return wrong(name, "a seq: an integer from 0");
}

result<std::optional<message_id>> message_in(const json& object, std::string_view name) {
  const auto& value = at(object, name);
  if (value.is_null())
    return std::optional<message_id>{};
  if (auto number = number_from(value); number && *number > 0)
    return std::optional{message_id{*number}};
  return wrong(name, "the id of a message");
}

result<std::string> text_in(const json& object, std::string_view name, size_t least, size_t most) {
  const auto& value = at(object, name);
  if (value.is_null() && least == 0)
    return std::string{};
  if (!value.is_string() || value.get_ref<const std::string&>().size() < least)
    return wrong(name, least == 0 ? "a text" : "a text that is not empty");
  if (value.get_ref<const std::string&>().size() > most)
    return wrong(name, "a text of at most " + std::to_string(most) + " bytes");
  return value.get<std::string>();
}

// -- names --------------------------------------------------------------------

namespace {

constexpr std::string_view role_names[] = {"banned", "muted", "member", "moderator", "owner"};
constexpr std::string_view visibility_names[] = {"public", "private"};

/// The enumerator whose name stands in `object[name]`.
template <class Enum, size_t Count>
result<Enum> named_in(const json& object, std::string_view name, const std::string_view (&names)[Count], std::string_view wanted) {
  const auto& value = at(object, name);
  if (value.is_string())
    if (auto found = std::ranges::find(names, std::string_view{value.get_ref<const std::string&>()}); found != std::end(names))
      return static_cast<Enum>(found - std::begin(names));
  return wrong(name, wanted);
}

const json& object_or_empty(args xs) {
  static const auto empty = json::object();
  auto object = object_of(xs);
  return object ? **object : empty;
}

} // namespace

std::string_view text(member_role role) {
  return role_names[static_cast<size_t>(role)];
}

std::string_view text(room_visibility visibility) {
  return visibility_names[static_cast<size_t>(visibility)];
}

result<member_role> role_in(const json& object, std::string_view name) {
  return named_in<member_role>(object, name, role_names, "owner, moderator, member, muted or banned");
}

result<room_visibility> visibility_in(const json& object, std::string_view name) {
  return named_in<room_visibility>(object, name, visibility_names, R"("public" or "private")");
}

result<user_id> user_in(const json& object, std::string_view name) {
  auto who = user_from(at(object, name));
  return who ? who : wrong(name, "the id of a user");
}

std::optional<failure> attachments_in(const json& object, std::string_view name) {
  const auto& value = at(object, name);
  if (!value.is_null() && !value.is_array())
    return wrong(name, "a list");
  return value.empty() ? std::nullopt : std::optional<failure>{errc::attachment_not_found};
}

// -- events -------------------------------------------------------------------

reading::reading(args xs) : object_(object_or_empty(xs)) {
  if (auto object = object_of(xs); !object)
    note(object.error());
}

message_id reading::required_message(std::string_view name) {
  auto id = message(name);
  if (!id)
    note(wrong(name, "the id of a message"));
  return id.value_or(message_id{});
}

void reading::attachments(std::string_view name) {
  if (auto why = attachments_in(object_, name))
    note(*std::move(why));
}

void reading::note(failure why) {
  if (!why_)
    why_ = std::move(why);
}

json show_missed(const table& in, const room_label& room, const std::vector<event_ptr>& missed) {
  auto list = json::array();
  for (const auto& what : missed) {
    const auto& word = word_for(in, *what);
    list.push_back({{"seq", what->seq}, {"event", word.name}, {"data", word.show(room, *what)}});
  }
  return list;
}

} // namespace stentor::dialect
