#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace stentor {

/// As much of a text in UTF-8 as `bytes_max` hold, cut between two characters.
constexpr std::string_view utf8_beginning(std::string_view text, size_t bytes_max) {
  auto size = std::min(text.size(), bytes_max);
  while (size < text.size() && size > 0 && (static_cast<unsigned char>(text[size]) & 0xc0) == 0x80)
    --size;
  return text.substr(0, size);
}

} // namespace stentor
