#pragma once

#include "net/close_reason.hpp"

namespace stentor {

enum class transport : uint8_t { polling, websocket };

constexpr std::string_view text(transport over) {
  return over == transport::polling ? "polling" : "websocket";
}

// What connections count, each step of their lives once.
void count_opened(transport over);
void count_upgraded();
/// Told that it is over, and why.
void count_closed(close_reason why);
/// Out of its slot.
void count_ended(transport over);
/// Given up because it reads too slowly.
void count_slow();

} // namespace stentor
