#pragma once

#include "base/clock.hpp"
#include "net/timer_wheel.hpp"

#include <algorithm>
#include <utility>

namespace stentor {

/// The time for which a token is good, and then the grace for its bearer to bring another one.
///
/// Not thread-safe; belongs to a socket of the network thread whose timers these are.
class lease final : timer_wheel::client {
public:
  class holder {
  public:
    virtual ~holder() = default;
    virtual void on_expired() = 0;
    /// The grace is over, too. The lease may be destroyed.
    virtual void on_grace_over() = 0;
  };

  lease(holder& whose, timer_wheel& timers, std::chrono::milliseconds grace) : holder_(whose), timers_(timers), grace_(grace) {}

  /// Starts, also anew.
  void start(wall_time expires_at) {
    expires_at_ = expires_at;
    is_over_ = false;
    wait_a_day();
  }
  void stop() { timers_.cancel(*this); }
  /// Since `on_expired`.
  bool is_over() const { return is_over_; }

private:
  /// At most: a token may outlast what the steady clock can count, and the wall clock may be set.
  void wait_a_day() {
    auto left = std::clamp<std::chrono::milliseconds>(expires_at_ - wall_now(), std::chrono::milliseconds{0}, std::chrono::hours{24});
    timers_.set(*this, std::chrono::steady_clock::now() + left);
  }
  void on_deadline(steady_time now) override {
    if (!is_over_ && wall_now() < expires_at_)
      return wait_a_day();
    if (std::exchange(is_over_, true))
      return holder_.on_grace_over();
    timers_.set(*this, now + grace_);
    holder_.on_expired();
  }

  holder& holder_;
  timer_wheel& timers_;
  std::chrono::milliseconds grace_;
  wall_time expires_at_;
  bool is_over_ = false;
};

} // namespace stentor
