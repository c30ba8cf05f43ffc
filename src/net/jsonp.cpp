#include "net/jsonp.hpp"

#include "base/json.hpp"
#include "net/http.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace stentor {
namespace {

/// Line ends in JavaScript before 2019, but not in JSON.
constexpr std::string_view line_separator = "\xe2\x80\xa8";
constexpr std::string_view paragraph_separator = "\xe2\x80\xa9";

std::string javascript(std::string_view text) {
  auto literal = json(text).dump(-1, ' ', false, json::error_handler_t::replace);
  std::string all;
  all.reserve(literal.size());
  for (auto rest = std::string_view{literal}; !rest.empty();) {
    auto plain = rest.substr(0, rest.find(line_separator[0], 1));
    if (plain.starts_with(line_separator) || plain.starts_with(paragraph_separator)) {
      all += plain.starts_with(line_separator) ? "\\u2028" : "\\u2029";
      all += plain.substr(line_separator.size());
    } else
      all += plain;
    rest.remove_prefix(plain.size());
  }
  return all;
}

} // namespace

std::string jsonp_script(std::string_view index, std::string_view payload) {
  std::string digits;
  std::ranges::copy_if(index, std::back_inserter(digits), [](char c) { return c >= '0' && c <= '9'; });
  return fmt::format("___eio[{}]({});", digits, javascript(payload));
}

/// Forms change line ends, so clients escape them: `\n` is one, `\\n` is what was `\n` before.
std::string jsonp_payload(std::string_view form) {
  auto escaped = query_value(form, "d");
  std::string payload;
  payload.reserve(escaped.size());
  for (auto rest = std::string_view{escaped}; !rest.empty();)
    if (rest.starts_with("\\\\n")) {
      payload += "\\n";
      rest.remove_prefix(3);
    } else if (rest.starts_with("\\n")) {
      payload += '\n';
      rest.remove_prefix(2);
    } else {
      payload += rest[0];
      rest.remove_prefix(1);
    }
  return payload;
}

} // namespace stentor
