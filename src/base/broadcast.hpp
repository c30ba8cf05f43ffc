#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace stentor {

/// How a recipient wants to hear something: dialect, namespace and parser, folded into a small number
/// that only the one who encodes understands.
using variant_id = uint16_t;

/// A Socket.IO packet on its way out, without the Engine.IO type in front: its text, and the binary messages right behind it.
struct encoded_packet {
  std::string text;
  std::vector<std::string> attachments;
};

/// Something that many connections are told. Shared between threads, encoded once per thread and variant.
class broadcast {
public:
  virtual ~broadcast() = default;
  virtual encoded_packet encode(variant_id variant) const = 0;
};
using broadcast_ptr = std::shared_ptr<const broadcast>;

} // namespace stentor
