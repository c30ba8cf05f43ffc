#pragma once

#include <string_view>

namespace stentor {

/// Logs and counts the exception that is being handled: it ends what it came from, never the thread. To be called in a `catch`.
void report_exception(std::string_view where);

} // namespace stentor
