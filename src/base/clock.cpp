#include "base/clock.hpp"

#include <fmt/chrono.h>

namespace stentor {

wall_time wall_now() {
  return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

std::string iso8601(wall_time at) {
  auto seconds = std::chrono::floor<std::chrono::seconds>(at);
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(std::chrono::system_clock::to_time_t(seconds)), (at - seconds).count());
}

} // namespace stentor
