#pragma once

// How values of the domain are stored: each as the integer or the text that SOCI binds.

#include "chat/types.hpp"

#include <soci/soci.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

namespace stentor::store {

/// What a row of `operation` says: the place of its kind in `happening`.
enum class operation_kind : uint8_t { message_posted, room_deleted = kind_of<stentor::room_deleted> };
static_assert(kind_of<stentor::message_posted> == 0 &&
              static_cast<size_t>(operation_kind::room_deleted) + 1 == std::variant_size_v<happening>);

/// Enumerators are stored as their numbers, so a number is never given to another one. The last of each enumeration:
template <class Enum>
constexpr Enum last = {};
template <>
inline constexpr auto last<operation_kind> = operation_kind::room_deleted;
template <>
inline constexpr auto last<room_kind> = room_kind::group;
template <>
inline constexpr auto last<room_visibility> = room_visibility::closed;
template <>
inline constexpr auto last<member_role> = member_role::owner;

template <class T>
struct column;

template <>
struct column<std::string> {
  using stored = std::string;
  static void put(stored& to, const std::string& value) { to = value; }
  static std::string get(stored& from) { return std::move(from); }
};

/// Counts, positions and ids. None that is stored exceeds the signed range; a greater one asked for finds nothing.
template <>
struct column<uint64_t> {
  using stored = long long;
  static void put(stored& to, uint64_t value) {
    constexpr auto most = std::numeric_limits<stored>::max();
    to = static_cast<stored>(std::min(value, static_cast<uint64_t>(most)));
  }
  static uint64_t get(stored from) {
    if (from < 0)
      throw soci::soci_error("a negative number where there can be none");
    return static_cast<uint64_t>(from);
  }
};

template <class Tag>
struct column<id<Tag>> {
  using stored = long long;
  static void put(stored& to, id<Tag> value) { column<uint64_t>::put(to, value.value); }
  static id<Tag> get(stored from) { return {column<uint64_t>::get(from)}; }
};

template <>
struct column<wall_time> {
  using stored = long long;
  static void put(stored& to, wall_time value) { to = value.time_since_epoch().count(); }
  static wall_time get(stored from) { return wall_time{std::chrono::milliseconds{from}}; }
};

template <class Enum>
requires std::is_enum_v<Enum>
struct column<Enum> {
  using stored = long long;
  static void put(stored& to, Enum value) { to = static_cast<stored>(value); }
  static Enum get(stored from) {
    if (from < 0 || from > static_cast<stored>(last<Enum>))
      throw soci::soci_error("a number that names nothing");
    return static_cast<Enum>(from);
  }
};

/// What SOCI binds to for one parameter or column of type `T`. Stays where it is.
template <class T>
struct cell {
  typename column<T>::stored value{};
  soci::indicator state = soci::i_ok;

  void put(const T& from) { column<T>::put(value, from); }
  T get() {
    if (state != soci::i_ok)
      throw soci::soci_error("nothing where there must be something");
    return column<T>::get(value);
  }
};

template <class T>
struct cell<std::optional<T>> {
  typename column<T>::stored value{};
  soci::indicator state = soci::i_null;

  void put(const std::optional<T>& from) {
    state = from ? soci::i_ok : soci::i_null;
    if (from)
      column<T>::put(value, *from);
  }
  std::optional<T> get() { return state == soci::i_ok ? std::optional<T>(column<T>::get(value)) : std::nullopt; }
};

} // namespace stentor::store
