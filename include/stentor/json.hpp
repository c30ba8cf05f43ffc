#pragma once

#include <nlohmann/json.hpp>

#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

namespace stentor {

/// Keeps the order of keys: what goes out reads as it was written, what is echoed comes back unchanged.
using json = nlohmann::ordered_json;

/// Bytes, as an argument of an event or anywhere inside one. Clients see a Buffer or an ArrayBuffer.
using binary = json::binary_t;

namespace detail {

template <class T>
struct optional_of : std::false_type {};
template <class T>
struct optional_of<std::optional<T>> : std::true_type {
  using type = T;
};

} // namespace detail

/// Any value that nlohmann::json takes, or an optional one, which is null if it is missing; bytes stay bytes.
template <class T>
json to_json_value(T&& value) {
  if constexpr (std::is_same_v<std::remove_cvref_t<T>, std::nullopt_t>)
    return nullptr;
  else if constexpr (detail::optional_of<std::remove_cvref_t<T>>::value)
    return value ? to_json_value(*std::forward<T>(value)) : json{};
  else if constexpr (std::is_same_v<std::remove_cvref_t<T>, binary>)
    return json::binary(std::forward<T>(value));
  else
    return json(std::forward<T>(value));
}

/// The arguments of an event, in their order.
template <class... Args>
std::vector<json> to_json_values(Args&&... args) {
  std::vector<json> all;
  all.reserve(sizeof...(Args));
  (all.push_back(to_json_value(std::forward<Args>(args))), ...);
  return all;
}

} // namespace stentor
