#pragma once

#include "app/options.hpp"

namespace stentor {

/// Prints a token for a user of this server on stdout; the process's exit code.
int print_token(const settings& config, const token_options& wanted);

} // namespace stentor
