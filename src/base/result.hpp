#pragma once

#include "base/errc.hpp"

#include <cassert>
#include <chrono>
#include <string>
#include <utility>
#include <variant>

namespace stentor {

/// A code for programs plus a sentence for people.
struct failure {
  errc code = errc::internal;
  std::string detail;
  std::chrono::milliseconds retry_after{0}; ///< when the same request may succeed, if that is known

  failure() = default;
  /// With the code's own sentence.
  failure(errc what) : code(what), detail(sentence(what)) {}
  failure(errc what, std::string why) : code(what), detail(std::move(why)) {}
  failure(errc what, std::chrono::milliseconds wait) : code(what), detail(sentence(what)), retry_after(wait) {}
  friend bool operator==(const failure&, const failure&) = default;
};

/// Either a value or a failure; expected outcomes never throw.
template <class T>
class [[nodiscard]] result {
public:
  result(T value) : state_(std::move(value)) {}
  result(failure why) : state_(std::move(why)) {}
  result(errc what) : state_(failure{what}) {}

  explicit operator bool() const noexcept { return state_.index() == 0; }
  const T& operator*() const& {
    assert(*this);
    return std::get<0>(state_);
  }
  T& operator*() & {
    assert(*this);
    return std::get<0>(state_);
  }
  T&& operator*() && {
    assert(*this);
    return std::get<0>(std::move(state_));
  }
  const T* operator->() const { return &**this; }
  T* operator->() { return &**this; }
  const failure& error() const {
    assert(!*this);
    return std::get<1>(state_);
  }

private:
  std::variant<T, failure> state_;
};

} // namespace stentor
