#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <string>

namespace stentor {

/// A strongly typed id; `room_id` and `user_id` never mix. Server-wide unique, < 2^53, 0 is none.
template <class Tag>
struct id {
  uint64_t value = 0;
  explicit operator bool() const noexcept { return value != 0; }
  friend auto operator<=>(const id&, const id&) = default;
};
using room_id = id<struct room_tag>;
using user_id = id<struct user_tag>;
using message_id = id<struct message_tag>;
using reaction_id = id<struct reaction_tag>;

/// Position of an operation in its room: 1, 2, 3, … without a gap.
using seqno = uint64_t;

/// A connection, known across threads by its place only. The generation tells a slot's tenants apart.
struct connection_id {
  uint32_t thread = 0;
  uint32_t slot = 0;
  uint32_t generation = 0;
  friend auto operator<=>(const connection_id&, const connection_id&) = default;
};

/// For the log.
inline std::string name_of(const connection_id& which) {
  return std::to_string(which.thread) + '.' + std::to_string(which.slot) + '.' + std::to_string(which.generation);
}

} // namespace stentor

template <class Tag>
struct std::hash<stentor::id<Tag>> {
  size_t operator()(stentor::id<Tag> x) const noexcept { return std::hash<uint64_t>{}(x.value); }
};
