#pragma once

#include "base/errc.hpp"

#include <cassert>
#include <string>
#include <utility>
#include <variant>

namespace stentor {

/// A code for programs plus a sentence for people.
struct failure {
  errc code = errc::internal;
  std::string detail;

  failure() = default;
  /// With the code's own sentence.
  failure(errc what) : code(what), detail(sentence(what)) {}
  failure(errc what, std::string why) : code(what), detail(std::move(why)) {}
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
