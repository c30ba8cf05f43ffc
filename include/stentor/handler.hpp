#pragma once

#include "stentor/ack.hpp"
#include "stentor/json.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <iterator>
#include <optional>
#include <stdexcept>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace stentor {

/// An event's arguments as they came.
using event_args = std::vector<json>;

/// An event handler, whatever types it was written with.
using event_handler = std::function<void(const event_args&, const ack&)>;

/// Of `socket::on_any`: the name of an event is a text, or a number.
using any_handler = std::function<void(const json& event, const event_args& args, const ack& reply)>;
/// Of `socket::on_any_outgoing`.
using outgoing_handler = std::function<void(const std::string& event, const event_args& args)>;

/// What a client sent does not fit the types that a handler wants: the handler is not called.
struct bad_arguments : std::runtime_error {
  using std::runtime_error::runtime_error;
};

namespace detail {

template <class T>
constexpr bool is_whole_number = std::is_integral_v<T> && !std::is_same_v<T, bool> && !std::is_same_v<T, char>;

/// A number that T can hold as it is; some clients write whole numbers with a fraction of zero.
template <class T>
T whole_number(const json& value) {
  constexpr auto first_beyond = 9223372036854775808.0; // 2^63
  auto fits = false;
  if (value.is_number_unsigned())
    fits = std::in_range<T>(value.get<uint64_t>());
  else if (value.is_number_integer())
    fits = std::in_range<T>(value.get<int64_t>());
  else if (value.is_number_float()) {
    auto number = value.get<double>();
    fits =
      std::trunc(number) == number && number >= -first_beyond && number < first_beyond && std::in_range<T>(static_cast<int64_t>(number));
  }
  if (!fits)
    throw bad_arguments("a whole number of another size is wanted");
  return value.get<T>();
}

/// An argument as a T. Throws if it is none.
template <class T>
T argument(const json& value) {
  if constexpr (std::is_same_v<T, json>)
    return value;
  else if constexpr (std::is_same_v<T, binary>) {
    if (!value.is_binary())
      throw bad_arguments("bytes are wanted");
    return value.get_binary();
  } else if constexpr (optional_of<T>::value) {
    if (value.is_null())
      return std::nullopt;
    return argument<typename optional_of<T>::type>(value);
  } else if constexpr (is_whole_number<T>) {
    return whole_number<T>(value);
  } else {
    if constexpr (std::is_arithmetic_v<T>)
      if (value.is_boolean() != std::is_same_v<T, bool>)
        throw bad_arguments("a number is no boolean");
    return value.get<T>();
  }
}

template <class F>
struct signature : signature<decltype(&F::operator())> {};
template <class C, class R, class... Args>
struct signature<R (C::*)(Args...) const> {
  using types = std::tuple<std::remove_cvref_t<Args>...>;
};
template <class C, class R, class... Args>
struct signature<R (C::*)(Args...)> {
  using types = std::tuple<std::remove_cvref_t<Args>...>;
};
template <class C, class R, class... Args>
struct signature<R (C::*)(Args...) const noexcept> : signature<R (C::*)(Args...) const> {};
template <class C, class R, class... Args>
struct signature<R (C::*)(Args...) noexcept> : signature<R (C::*)(Args...)> {};
template <class R, class... Args>
struct signature<R (*)(Args...)> {
  using types = std::tuple<std::remove_cvref_t<Args>...>;
};
template <class R, class... Args>
struct signature<R (*)(Args...) noexcept> : signature<R (*)(Args...)> {};

/// Its parameters can be read: it is no template, and is not overloaded.
template <class F>
constexpr bool has_signature = std::is_pointer_v<F> || requires {
  typename std::type_identity<decltype(&F::operator())>;
};

/// No parameter stands behind an ack.
template <class... Types>
constexpr bool ack_is_last(std::tuple<Types...>*) {
  constexpr bool is_ack[] = {false, std::is_same_v<Types, ack>...};
  return std::count(std::begin(is_ack), std::end(is_ack) - 1, true) == 0;
}

/// What the handler's I-th parameter gets: the ack, all arguments, or the one in its place.
template <class T>
T parameter(const event_args& args, const ack& reply, size_t at) {
  if constexpr (std::is_same_v<T, ack>)
    return reply;
  else if constexpr (std::is_same_v<T, event_args>)
    return args;
  else {
    static const auto missing = json{};
    return argument<T>(at < args.size() ? args[at] : missing);
  }
}

template <class F, class... Types, size_t... I>
event_handler typed_handler(F call, std::tuple<Types...>*, std::index_sequence<I...>) {
  return [call = std::move(call)](const event_args& args, const ack& reply) mutable {
    [[maybe_unused]] auto values = [&]() -> std::tuple<Types...> {
      try {
        return {parameter<Types>(args, reply, I)...};
      } catch (const json::exception& wrong) {
        throw bad_arguments(wrong.what());
      }
    }();
    std::apply([&](auto&... each) { call(std::move(each)...); }, values);
  };
}

} // namespace detail

/// Makes a handler out of anything that can be called with
/// * values in the types that it wants (`std::string`, `int`, `std::vector<double>`, `std::optional<T>`, `json`, `binary`, what
///   nlohmann::json converts): an event whose arguments do not fit is not handed to it; or `event_args`, all of them as they came;
/// * and, last, an `ack`, if it wants to answer.
template <class F>
event_handler make_handler(F call) {
  static_assert(detail::has_signature<std::decay_t<F>>, "a handler's parameters have types of their own: no auto, no overloads");
  using types = typename detail::signature<std::decay_t<F>>::types;
  static_assert(detail::ack_is_last(static_cast<types*>(nullptr)), "a handler's stentor::ack is its last parameter");
  return detail::typed_handler(std::move(call), static_cast<types*>(nullptr), std::make_index_sequence<std::tuple_size_v<types>>{});
}

} // namespace stentor
