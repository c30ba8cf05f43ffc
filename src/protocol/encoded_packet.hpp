#pragma once

#include <string>
#include <vector>

namespace stentor {

/// A Socket.IO packet on its way out: its text, without the Engine.IO type in front, and the binary messages right behind it.
/// Of a parser that knows binary messages only, the text is empty.
struct encoded_packet {
  std::string text;
  std::vector<std::string> attachments;

  size_t bytes() const {
    auto all = text.size();
    for (const auto& attachment : attachments)
      all += attachment.size();
    return all;
  }
};

} // namespace stentor
