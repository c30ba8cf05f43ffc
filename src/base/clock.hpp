#pragma once

#include <chrono>
#include <functional>
#include <string>

namespace stentor {

/// Wall time as it is stored and shown: milliseconds since 1970, UTC.
using wall_time = std::chrono::sys_time<std::chrono::milliseconds>;
/// Time for deadlines; never jumps.
using steady_time = std::chrono::steady_clock::time_point;

/// Where wall time comes from; tests pass their own.
using wall_clock = std::function<wall_time()>;

/// Where time for deadlines and limits comes from; tests pass their own.
using steady_clock_fn = std::function<steady_time()>;

wall_time wall_now();

/// "2026-11-21T07:48:16.123Z"
std::string iso8601(wall_time at);

} // namespace stentor
