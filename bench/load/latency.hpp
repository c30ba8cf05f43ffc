#pragma once

#include "clock.hpp"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace stentor::load {

/// Durations of one kind, kept whole: percentiles are exact.
class latency {
public:
  void add(clock::duration span) { spans_.push_back(span); }
  size_t count() const { return spans_.size(); }

  /// `part` in 0..1; 1 is the maximum. 0 while nothing was added.
  double percentile_ms(double part) {
    if (spans_.empty())
      return 0;
    auto at = spans_.begin() + static_cast<std::ptrdiff_t>(part * static_cast<double>(spans_.size() - 1));
    std::nth_element(spans_.begin(), at, spans_.end());
    return seconds_of(*at) * 1e3;
  }

private:
  std::vector<clock::duration> spans_;
};

} // namespace stentor::load
