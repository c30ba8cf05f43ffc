#pragma once

#include <cstdint>
#include <string_view>

namespace stentor {

/// Why a connection ended, in the words of the reference's server side.
enum class close_reason : uint8_t { transport_error, transport_close, forced_close, ping_timeout, parse_error, shutting_down };

constexpr std::string_view text(close_reason why) {
  constexpr std::string_view texts[] = {"transport error", "transport close", "forced close",
                                        "ping timeout",    "parse error",     "server shutting down"};
  return texts[static_cast<size_t>(why)];
}

} // namespace stentor
