#pragma once

#include "io/nsp.hpp"
#include "library/space.hpp"
#include "stentor/broadcast_operator.hpp"

#include <chrono>
#include <memory>
#include <string>

namespace stentor {

constexpr compression compression_if(bool wanted) {
  return wanted ? compression::on : compression::off;
}

struct broadcast_operator::state {
  std::shared_ptr<space> home;
  std::string place; ///< empty: all of a pattern
  io::audience whom;
  std::chrono::milliseconds wait{10'000};
  work_queue queue; ///< where answers are given

  /// On every thread: each namespace that is meant.
  void each_place(std::function<void(io::nsp&)> call) const;
  /// On the thread that calls.
  void each_place_on(server_core::floor& there, const std::function<void(io::nsp&)>& call) const;
};

} // namespace stentor
