// What is accepted is within its bounds and comes back the same when it is written and read once more;
// any text survives being written as a JSON string.

#include "base/json.hpp"
#include "protocol/utf8.hpp"

#include "check.hpp"

#include <algorithm>

namespace {

using namespace stentor;

size_t depth(const json& value) {
  if (!value.is_structured())
    return 0;
  size_t deepest = 0;
  for (const auto& part : value)
    deepest = std::max(deepest, depth(part));
  return 1 + deepest;
}

size_t elements(const json& value) {
  size_t count = 1;
  if (value.is_structured())
    for (const auto& part : value)
      count += elements(part);
  return count;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  constexpr json_limits limits{.depth_max = 10, .elements_max = 100};
  std::string_view text{reinterpret_cast<const char*>(data), size};
  if (auto value = parse_json(text, limits)) {
    fuzz::check(depth(*value) <= limits.depth_max && elements(*value) <= limits.elements_max);
    auto again = parse_json(value->dump(), limits);
    fuzz::check(again && *again == *value);
  }
  if (is_utf8(text)) {
    std::string quoted;
    append_json_string(quoted, text);
    auto value = parse_json(quoted);
    fuzz::check(value && *value == text);
  }
  return 0;
}
