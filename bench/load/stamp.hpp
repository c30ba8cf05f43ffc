#pragma once

#include "clock.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace stentor::load {

/// What a message's content begins with, so that a receiver can check its order and age: `#<seq, 10 digits>@<ns, 19 digits>#`.
struct stamp {
  static constexpr size_t size = 32;

  uint64_t seq;
  steady_time sent_at;

  /// The stamp, padded with 'x' to `bytes` (at least `size`).
  std::string content(size_t bytes) const;
};

/// Finds stamps in `new_message` packets. Their place varies with the server but hardly from one message to the
/// next, so the last place is tried first.
class stamp_reader {
public:
  /// The stamp's text, to be read by the functions below.
  std::optional<std::string_view> find(std::string_view packet) {
    constexpr auto marked = marker.size() - 1;
    if (packet.size() < offset_ + marked + stamp::size || packet.compare(offset_, marker.size(), marker) != 0) {
      auto at = packet.find(marker);
      if (at == std::string_view::npos || packet.size() < at + marked + stamp::size)
        return std::nullopt;
      offset_ = at;
    }
    return packet.substr(offset_ + marked, stamp::size);
  }

private:
  static constexpr std::string_view marker = R"("content":"#)";
  size_t offset_ = 0;
};

inline uint64_t digits_at(std::string_view text, size_t from, size_t count) {
  uint64_t value = 0;
  for (auto i = from; i < from + count; ++i)
    value = value * 10 + static_cast<uint64_t>(text[i] - '0');
  return value;
}

inline uint64_t seq_of(std::string_view text) {
  return digits_at(text, 1, 10);
}

inline steady_time sent_at_of(std::string_view text) {
  return steady_time{std::chrono::nanoseconds{digits_at(text, 12, 19)}};
}

} // namespace stentor::load
