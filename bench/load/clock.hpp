#pragma once

#include "base/clock.hpp"

namespace stentor::load {

using clock = steady_time::clock;

inline double seconds_of(clock::duration span) {
  return std::chrono::duration<double>(span).count();
}

} // namespace stentor::load
