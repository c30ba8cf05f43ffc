#pragma once

#include "base/json.hpp"
#include "chat/types.hpp"

#include <span>
#include <string_view>
#include <variant>

namespace stentor::dialect {

/// Everything a client can ask for, whatever words it uses.
struct join_room {
  room_ref room;
  std::optional<seqno> after;
};
struct leave_room {
  room_ref room;
};
struct submit_operation {
  room_ref room;
  operation what;
};
struct send_hint {
  room_ref room;
  decltype(hint::what) what;
};
struct ping {};
using command = std::variant<join_room, leave_room, submit_operation, send_hint, ping>;

/// What came of it.
struct joined_room {
  room_label room;
  seqno seq = 0;
  std::vector<event_ptr> missed;
  bool has_more = false;
};
struct left_room {
  room_label room;
};
struct committed_operation {
  room_label room;
  event_ptr what;
};
struct sent_hint {
  room_label room;
};
struct pong {
  wall_time at;
};
using outcome = std::variant<joined_room, left_room, committed_operation, sent_hint, pong>;

using args = std::span<const json>;

/// What a failure is called, where its own sentence will not do.
struct wording {
  errc code;
  std::string_view text;
};

/// Which rooms a word is for. For another room it is as if that were not there.
enum class room_scope : uint8_t { any, channels };
bool is_for(room_scope scope, room_kind kind);

/// A word that clients say: what it asks for, the event that answers its sender (empty: only the acknowledgement does), what
/// failures are called.
struct inbound {
  std::string_view name;
  result<command> (*parse)(args);
  std::string_view answer;
  json (*show)(const outcome&);
  std::span<const wording> failures;
  room_scope scope = room_scope::any;
};

/// A word that clients hear, for one kind of event (its place in `happening`).
struct outbound {
  size_t kind;
  std::string_view name;
  json (*show)(const room_label&, const event&);
};
/// The same for one kind of hint (its place in `hint::what`).
struct outbound_hint {
  size_t kind;
  std::string_view name;
  json (*show)(const room_label&, const hint&);
};

/// One vocabulary: a name and its tables. Adding a dialect adds one file and one row in dialect.cpp.
struct table {
  std::string_view name;
  std::span<const inbound> in;
  std::span<const outbound> out;        ///< kinds without a row are told in colon's words
  std::span<const outbound_hint> hints; ///< likewise
};

extern const table colon;
extern const table snake;

/// Every dialect; the position is its number in variants.
std::span<const table* const> all();
size_t number(const table& of);

/// A word and the dialect that it belongs to. No two dialects share a word.
struct heard {
  const table* dialect = nullptr;
  const inbound* word = nullptr;
};
/// `word` is null if no dialect knows it.
heard find(std::string_view event);

/// The word of `in` for an event or a hint, or colon's.
const outbound& word_for(const table& in, const event& what);
const outbound_hint& word_for(const table& in, const hint& what);

/// What to call a failure of that word.
std::string_view text_for(const inbound& word, const failure& why);

} // namespace stentor::dialect
