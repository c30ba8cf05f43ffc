#pragma once

#include "base/settings.hpp"

namespace stentor {

/// Runs the server until SIGTERM or SIGINT; the process's exit code. Prints `ready {…}` on stdout once it listens.
int serve(const settings& config);

} // namespace stentor
