#include "net/timer_wheel.hpp"

#include <algorithm>

namespace stentor {

/// The first tick at which `at` has passed.
uint64_t timer_wheel::tick_of(steady_time at) const {
  if (at <= start_)
    return 0;
  return static_cast<uint64_t>((at - start_ + tick - steady_time::duration{1}) / tick);
}

void timer_wheel::set(client& who, steady_time deadline) {
  if (who.hook_.is_linked())
    who.hook_.unlink();
  who.deadline_ = deadline;
  slots_[std::max(tick_of(deadline), done_ + 1) % slots].push_back(who);
}

void timer_wheel::advance(steady_time now) {
  auto passed = now <= start_ ? 0 : static_cast<uint64_t>((now - start_) / tick);
  for (auto turns = std::min<uint64_t>(passed - std::min(passed, done_), slots), at = passed - turns + 1; turns > 0; --turns, ++at) {
    auto& here = slots_[at % slots];
    for (auto x = here.begin(); x != here.end();) {
      auto& who = *x++;
      if (who.deadline_ <= now) {
        who.hook_.unlink();
        due_.push_back(who);
      }
    }
  }
  done_ = std::max(done_, passed);
  while (!due_.empty()) {
    auto& who = due_.front();
    due_.pop_front();
    who.on_deadline(now);
  }
}

steady_time timer_wheel::next() const {
  if (!due_.empty())
    return start_;
  for (uint64_t i = 1; i <= slots; ++i)
    if (!slots_[(done_ + i) % slots].empty())
      return start_ + (done_ + i) * tick;
  return steady_time::max();
}

} // namespace stentor
