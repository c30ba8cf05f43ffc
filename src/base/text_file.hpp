#pragma once

#include "base/result.hpp"

#include <string>

namespace stentor {

/// The whole of a small file, or a failure like "PATH: No such file or directory".
result<std::string> read_text_file(const std::string& path);

} // namespace stentor
