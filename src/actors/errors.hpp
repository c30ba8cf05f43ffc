#pragma once

// A failure on its way between actors.

#include "base/result.hpp"

#include <caf/atom.hpp>
#include <caf/error.hpp>
#include <caf/make_message.hpp>
#include <caf/message.hpp>
#include <caf/result.hpp>
#include <caf/sec.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>

namespace stentor {

/// To CAF, 0 is no error; the first of our codes is one.
inline caf::error to_error(const failure& why) {
  return caf::error{static_cast<uint8_t>(static_cast<uint8_t>(why.code) + 1), caf::atom("stentor"),
                    caf::make_message(why.detail, static_cast<int64_t>(why.retry_after.count()))};
}

/// Anything but our own errors means that the receiver has died: `unavailable`.
inline failure to_failure(const caf::error& error) {
  if (!error || error.category() != caf::atom("stentor"))
    return errc::unavailable;
  auto code = static_cast<errc>(error.code() - 1);
  if (!error.context().match_elements<std::string, int64_t>())
    return code;
  auto why = failure{code, error.context().get_as<std::string>(0)};
  why.retry_after = std::chrono::milliseconds{error.context().get_as<int64_t>(1)};
  return why;
}

/// The receiver had ended before the question reached it; nothing of it was done.
inline bool never_reached(const caf::error& error) {
  return error == caf::sec::request_receiver_down;
}

/// A handler's answer out of a result.
template <class T>
caf::result<T> answer(result<T> outcome) {
  if (!outcome)
    return to_error(outcome.error());
  return *std::move(outcome);
}

} // namespace stentor
