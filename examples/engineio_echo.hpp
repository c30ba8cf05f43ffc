#pragma once

#include <string>
#include <utility>
#include <vector>

/// Serves Engine.IO alone on one thread, and sends every message back, until SIGTERM. `keys`: "section.key" and value. Throws what is
/// wrong.
int engineio_echo(const std::vector<std::pair<std::string, std::string>>& keys);
