#pragma once

#include "options.hpp"

#include <string>
#include <vector>

namespace stentor::load {

/// Creates the public channels of a plan over REST and makes every connection's user a member; the ids in order.
/// Blocks; throws load_error on any other answer than 200 or 201.
std::vector<std::string> open_channels(const options& plan);

} // namespace stentor::load
