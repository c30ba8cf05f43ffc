#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace stentor {

/// How a recipient wants to hear something: dialect, namespace and parser, folded into a small number
/// that only the one who encodes understands.
using variant_id = uint16_t;

/// Something that many connections are told. Shared between threads, encoded once per thread and variant.
class broadcast {
public:
  virtual ~broadcast() = default;
  /// The Socket.IO packet as text, without the Engine.IO type in front.
  virtual std::string encode(variant_id variant) const = 0;
};
using broadcast_ptr = std::shared_ptr<const broadcast>;

} // namespace stentor
