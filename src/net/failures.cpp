#include "net/failures.hpp"

#include "base/metrics.hpp"

#include <spdlog/spdlog.h>

#include <exception>

namespace stentor {

void report_exception(std::string_view where) {
  metrics::count_error(errc::internal);
  try {
    throw;
  } catch (const std::exception& cause) {
    spdlog::error("{} has failed: {}", where, cause.what());
  } catch (...) {
    spdlog::error("{} has failed: unknown exception", where);
  }
}

} // namespace stentor
