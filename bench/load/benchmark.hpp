#pragma once

#include "options.hpp"

#include "base/json.hpp"

namespace stentor::load {

/// Runs what the options ask for. The object has `violations`, empty if the server did all it must; what could not be
/// measured is null. Throws load_error.
json run_benchmark(const options& plan);

/// The same as text for a person.
std::string readable(const json& result);

} // namespace stentor::load
