#include "base/json.hpp"

#include <charconv>
#include <optional>
#include <vector>

namespace stentor {
namespace {

/// Counts brackets, commas and colons outside of strings: an upper bound of depth, elements and names, in one pass.
bool within(std::string_view text, json_limits limits) {
  std::vector<size_t> names{0}; // of each array or object that is open, and of the text around them
  size_t elements = 1;
  bool quoted = false;
  for (size_t i = 0; i < text.size(); ++i) {
    auto c = text[i];
    if (quoted) {
      if (c == '\\')
        ++i;
      else if (c == '"')
        quoted = false;
      continue;
    }
    if (c == '"')
      quoted = true;
    else if (c == '[' || c == '{') {
      if (names.size() > limits.depth_max || ++elements > limits.elements_max)
        return false;
      names.push_back(0);
    } else if ((c == ']' || c == '}') && names.size() > 1)
      names.pop_back();
    else if ((c == ',' && ++elements > limits.elements_max) || (c == ':' && ++names.back() > json_names_max))
      return false;
  }
  return true;
}

constexpr size_t escape_bytes = 6;

/// The code unit of the `\uxxxx` at `at`, if there is one.
std::optional<unsigned> escaped_unit(std::string_view text, size_t at) {
  auto escape = text.substr(std::min(at, text.size()), escape_bytes);
  unsigned unit = 0;
  if (escape.size() < escape_bytes || !escape.starts_with("\\u") ||
      std::from_chars(escape.data() + 2, escape.data() + escape_bytes, unit, 16).ptr != escape.data() + escape_bytes)
    return std::nullopt;
  return unit;
}

bool is_high(std::optional<unsigned> unit) {
  return unit && *unit >= 0xd800 && *unit < 0xdc00;
}

bool is_low(std::optional<unsigned> unit) {
  return unit && *unit >= 0xdc00 && *unit < 0xe000;
}

bool may_have_surrogates(std::string_view text) {
  return text.find("\\ud") != text.npos || text.find("\\uD") != text.npos;
}

/// The parser refuses half a pair. Of the same length: a view's offsets stay.
std::string with_whole_pairs(std::string text) {
  for (auto at = text.find('\\'); at != text.npos; at = text.find('\\', at)) {
    auto unit = escaped_unit(text, at);
    auto next = at + (unit ? escape_bytes : 2);
    if (is_high(unit) && is_low(escaped_unit(text, next)))
      next += escape_bytes;
    else if (is_high(unit) || is_low(unit))
      text.replace(at, escape_bytes, "\\ufffd");
    at = next;
  }
  return text;
}

} // namespace

result<json> parse_json(std::string_view text, json_limits limits) {
  if (!within(text, limits))
    return failure{errc::too_large, "JSON is nested too deep or has too many elements"};
  if (text.find('\0') != std::string_view::npos) // the parser would take it for the end
    return failure{errc::bad_request, "not valid JSON"};
  auto parsed =
    may_have_surrogates(text) ? json::parse(with_whole_pairs(std::string{text}), nullptr, false) : json::parse(text, nullptr, false);
  if (parsed.is_discarded())
    return failure{errc::bad_request, "not valid JSON"};
  return parsed;
}

void append_json_string(std::string& out, std::string_view text) {
  constexpr auto hex = "0123456789abcdef";
  out += '"';
  for (auto c : text) {
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\b': out += "\\b"; break;
      case '\f': out += "\\f"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          out += "\\u00";
          out += hex[c >> 4];
          out += hex[c & 15];
        } else
          out += c;
    }
  }
  out += '"';
}

} // namespace stentor
