#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace stentor::load {

/// A JWT of the user `bench-<i>`, valid for an hour.
std::string token_of(size_t i, std::string_view secret);

} // namespace stentor::load
