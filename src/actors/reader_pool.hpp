#pragma once

#include "actors/protocol.hpp"
#include "base/metrics.hpp"

#include <vector>

namespace stentor {

/// Counts what a reader is asked, and what it answers.
inline const metrics::series& reads_waiting() {
  static const auto all = metrics::series{metrics::metric::reads_waiting};
  return all;
}

/// Several readers, taken in turn for one question each. Each holder has a copy of its own.
class reader_pool {
public:
  explicit reader_pool(std::vector<reader_actor> readers) : readers_(std::move(readers)) {}

  const reader_actor& next() {
    reads_waiting().add();
    return readers_[turn_++ % readers_.size()];
  }
  /// Always the same, for questions whose answers keep their order.
  const reader_actor& first() const {
    reads_waiting().add();
    return readers_.front();
  }

private:
  std::vector<reader_actor> readers_;
  size_t turn_ = 0;
};

} // namespace stentor
