#pragma once

#include "base/json.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace stentor {

/// How a recipient wants to hear something, in a dialect for instance: a small number that only the one who speaks understands.
using variant_id = uint16_t;

/// An event as an application says it. Arguments may be or hold binary values.
struct spoken_event {
  std::string event;
  std::vector<json> args;
};

/// Something that many connections are told. Shared between threads; said once per thread and variant.
class broadcast {
public:
  virtual ~broadcast() = default;
  virtual spoken_event say(variant_id variant) const = 0;
};
using broadcast_ptr = std::shared_ptr<const broadcast>;

} // namespace stentor
