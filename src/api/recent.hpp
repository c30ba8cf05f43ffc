#pragma once

#include "base/clock.hpp"
#include "base/result.hpp"

#include <functional>
#include <optional>
#include <utility>
#include <vector>

namespace stentor::api {

/// One answer for all who ask within a second; who asks while it is being found out waits for it. Owned by one thread.
template <class T>
class recent {
public:
  using waiter = std::function<void(const result<T>&)>;
  static constexpr auto lifetime = std::chrono::seconds{1};

  /// Calls `then`, now or later. `find_out(done)` is called if the last answer is too old.
  template <class FindOut>
  void get(steady_time now, waiter then, FindOut find_out) {
    if (known_ && now - found_at_ < lifetime)
      return then(*known_);
    waiting_.push_back(std::move(then));
    if (waiting_.size() == 1)
      find_out([this, now](result<T> found) { answer(std::move(found), now); });
  }

private:
  void answer(result<T> found, steady_time asked_at) {
    known_ = std::move(found);
    found_at_ = asked_at;
    for (auto& then : std::exchange(waiting_, {}))
      then(*known_);
  }

  std::optional<result<T>> known_;
  steady_time found_at_;
  std::vector<waiter> waiting_;
};

} // namespace stentor::api
