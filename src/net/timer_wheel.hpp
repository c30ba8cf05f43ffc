#pragma once

#include "base/clock.hpp"

#include <boost/intrusive/list.hpp>

#include <array>

namespace stentor {

/// Deadlines of many, one each: O(1) to set, move and drop, a list hook of memory per client.
///
/// Never early, late by at most one tick. Not thread-safe; owned by the network thread, which passes time in.
class timer_wheel {
public:
  static constexpr auto tick = std::chrono::milliseconds{1};

  /// Something with a deadline. Leaves the wheel when it is destroyed.
  class client {
  public:
    client(const client&) = delete;
    virtual ~client() = default;
    /// Its deadline has come; it is out of the wheel and may enter again, or be destroyed.
    virtual void on_deadline(steady_time now) = 0;

  protected:
    client() = default;
    /// What was set last.
    steady_time deadline() const { return deadline_; }

  private:
    friend timer_wheel;
    boost::intrusive::list_member_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>> hook_;
    steady_time deadline_;
  };

  explicit timer_wheel(steady_time now) : start_(now) {}

  /// Sets or moves the deadline of `who`.
  void set(client& who, steady_time deadline);
  void cancel(client& who) { who.hook_.unlink(); }

  /// Calls everyone whose deadline is not after `now`. After an exception of one of them, the next call goes on behind it.
  void advance(steady_time now);

  /// When to call `advance` next; `steady_time::max()` if there is no deadline.
  steady_time next() const;

private:
  using hook = boost::intrusive::member_hook<client, decltype(client::hook_), &client::hook_>;
  using slot = boost::intrusive::list<client, hook, boost::intrusive::constant_time_size<false>>;
  static constexpr size_t slots = 4096; ///< a turn takes 4 s; what is further away goes around again

  uint64_t tick_of(steady_time at) const;

  steady_time start_;
  uint64_t done_ = 0; ///< the last tick that was advanced over
  std::array<slot, slots> slots_;
  slot due_; ///< being called
};

} // namespace stentor
