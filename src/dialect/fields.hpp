#pragma once

// How every dialect reads and writes the values that all of them have.

#include "dialect/dialect.hpp"

#include <optional>
#include <string>
#include <type_traits>

namespace stentor::dialect {

/// An id as colon and snake show it: a JSON string, so that no client rounds it.
template <class Tag>
std::string text(id<Tag> x) {
  return std::to_string(x.value);
}
/// A room's key if it has one, else its id.
std::string text(const room_label& room);

/// An absent value is null on the wire.
json or_null(const std::string& text);

/// The object that an event carries as its only or first argument; `bad_request`.
result<const json*> object_of(args xs);
/// A room by id (number or text) or key in `object[name]`; `bad_request`.
result<room_ref> room_in(const json& object, std::string_view name);
/// The same for a value on its own.
result<room_ref> room_from(const json& value);
/// A user's id: a number, or its text; `bad_request`.
result<user_id> user_from(const json& value);
/// A seq in `object[name]`, or nothing if it is absent or null.
result<std::optional<seqno>> seq_in(const json& object, std::string_view name);
/// A message id, or nothing if it is absent or null.
result<std::optional<message_id>> message_in(const json& object, std::string_view name);
/// A text of `least` to `most` bytes; `least` 0: it may be absent, null or empty.
result<std::string> text_in(const json& object, std::string_view name, size_t least, size_t most);

/// The name of a role or a visibility, and back; `bad_request`.
std::string_view text(member_role role);
std::string_view text(room_visibility visibility);
result<member_role> role_in(const json& object, std::string_view name);
result<room_visibility> visibility_in(const json& object, std::string_view name);
/// A user id; `bad_request`.
result<user_id> user_in(const json& object, std::string_view name);
/// Attachments are named by what the upload has answered; there are none yet. `attachment_not_found`.
std::optional<failure> attachments_in(const json& object, std::string_view name);

/// Reads an object, value by value; the first that is wrong is the failure. Refers to the object.
class reading {
public:
  explicit reading(args xs);

  room_ref room(std::string_view name) { return take<room_ref>(room_in(object_, name)); }
  std::optional<seqno> seq(std::string_view name) { return take(seq_in(object_, name)); }
  std::optional<message_id> message(std::string_view name) { return take(message_in(object_, name)); }
  message_id required_message(std::string_view name);
  std::string text(std::string_view name, size_t least, size_t most) { return take(text_in(object_, name, least, most)); }
  void attachments(std::string_view name);

  /// `what`, if nothing that was read is wrong.
  template <class T = command>
  result<T> as(std::type_identity_t<T> what) const {
    if (why_)
      return *why_;
    return what;
  }

private:
  template <class T>
  T take(result<T> value) {
    if (value)
      return *std::move(value);
    note(value.error());
    return {};
  }
  void note(failure why);

  const json& object_;
  std::optional<failure> why_;
};

/// What was missed, in the dialect's own words: `[{seq, event, data}, …]`.
json show_missed(const table& in, const room_label& room, const std::vector<event_ptr>& missed);

/// Bounds of what the dialects read; how long a message may be is the room's to say.
constexpr size_t client_message_id_bytes_max = 128;
constexpr size_t emoji_bytes_max = 64;
constexpr size_t unbounded = static_cast<size_t>(-1);

} // namespace stentor::dialect
