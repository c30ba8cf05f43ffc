#pragma once

#include "base/result.hpp"

#include "stentor/json.hpp"

#include <string_view>

namespace stentor {

/// Bounds of hostile JSON, checked before anything is built from it.
struct json_limits {
  size_t depth_max = 32;       ///< nested arrays and objects
  size_t elements_max = 10000; ///< values in all
};

/// Names in one object. Each new one is compared with all before it: 10,000 of them in a packet of 130 KB would take 160 ms.
constexpr size_t json_names_max = 256;

/// Parses `text` whole. Refuses what exceeds the limits, is no JSON, is no UTF-8 or has non-finite numbers.
/// Escapes of half a surrogate pair, as `JSON.stringify` writes a text that was cut in one, become U+FFFD.
result<json> parse_json(std::string_view text, json_limits limits = {});

/// Appends `text` to `out` as a JSON string with its quotes. Requires valid UTF-8.
void append_json_string(std::string& out, std::string_view text);

} // namespace stentor
