#pragma once

#include "stentor/json.hpp"

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace stentor {

/// Answers one event of a client, once; what is said again goes nowhere. Any thread.
class ack {
public:
  using function = std::function<void(std::vector<json>)>;

  /// Of an event that wants no answer.
  ack() = default;
  explicit ack(function say) : once_(std::make_shared<said_once>(std::move(say))) {}

  /// True if the client wants an answer.
  explicit operator bool() const { return once_ != nullptr; }

  template <class... Args>
  void operator()(Args&&... args) const {
    values(to_json_values(std::forward<Args>(args)...));
  }
  /// Throws `std::invalid_argument` for more than 10 binary values; another answer may be given then.
  void values(std::vector<json> args) const {
    if (!once_ || once_->is_given.exchange(true))
      return;
    try {
      once_->say(std::move(args));
    } catch (...) {
      once_->is_given = false;
      throw;
    }
  }

private:
  struct said_once {
    explicit said_once(function how) : say(std::move(how)) {}
    function say;
    std::atomic<bool> is_given = false;
  };

  std::shared_ptr<said_once> once_;
};

/// What a client has answered to an event.
struct answer {
  std::vector<json> args;
  std::string error; ///< why there is none: "operation has timed out" or "socket has been disconnected"; empty: there is one
  explicit operator bool() const { return error.empty(); }
};

/// What many clients have answered to an event.
struct answers {
  std::vector<std::vector<json>> args; ///< of those who have, in the order of their coming
  size_t missing = 0;                  ///< how many have not in time
  explicit operator bool() const { return missing == 0; }
};

} // namespace stentor
