#include "net/failures.hpp"

#include "base/log.hpp"
#include "base/metrics.hpp"

#include <exception>

namespace stentor {

void report_exception(std::string_view where) {
  metrics::count_error(errc::internal);
  try {
    throw;
  } catch (const std::exception& cause) {
    log::logger().error("{} has failed: {}", where, cause.what());
  } catch (...) {
    log::logger().error("{} has failed: unknown exception", where);
  }
}

} // namespace stentor
