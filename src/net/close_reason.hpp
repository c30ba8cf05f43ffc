#pragma once

#include <cstdint>
#include <string_view>

namespace stentor {

/// Why a connection ended, in the words of the reference's server side.
/// `goodbye` is a transport close that the client has announced, `bad_packet` a forced close of a client that makes no sense.
enum class close_reason : uint8_t {
  transport_error,
  transport_close,
  forced_close,
  ping_timeout,
  parse_error,
  shutting_down,
  goodbye,
  bad_packet
};

constexpr close_reason close_reasons[] = {close_reason::transport_error, close_reason::transport_close, close_reason::forced_close,
                                          close_reason::ping_timeout,    close_reason::parse_error,     close_reason::shutting_down,
                                          close_reason::goodbye,         close_reason::bad_packet};

constexpr std::string_view text(close_reason why) {
  constexpr std::string_view texts[] = {"transport error", "transport close",      "forced close",    "ping timeout",
                                        "parse error",     "server shutting down", "transport close", "forced close"};
  return texts[static_cast<size_t>(why)];
}

} // namespace stentor
