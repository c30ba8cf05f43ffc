#pragma once

#include <cstdlib>

namespace stentor::fuzz {

/// What must hold for every input; libFuzzer keeps the input that breaks it.
inline void check(bool holds) {
  if (!holds)
    std::abort();
}

} // namespace stentor::fuzz
