#pragma once

#include "actors/protocol.hpp"

#include <vector>

namespace stentor {

/// Several readers, taken in turn. Each holder has a copy of its own.
class reader_pool {
public:
  explicit reader_pool(std::vector<reader_actor> readers) : readers_(std::move(readers)) {}

  const reader_actor& next() { return readers_[turn_++ % readers_.size()]; }

private:
  std::vector<reader_actor> readers_;
  size_t turn_ = 0;
};

} // namespace stentor
