// The query of a handshake. Whatever it is, no value is longer than it; and any text, percent-encoded, comes back from it, wherever
// it stands. Input: a name, a NUL, a value, a NUL, and what else is in the query.

#include "protocol/query.hpp"

#include "check.hpp"

#include <algorithm>
#include <cstdint>

namespace stentor {
namespace {

/// Up to the next NUL, which is cut off as well.
std::string_view take(std::string_view& rest) {
  auto part = rest.substr(0, rest.find('\0'));
  rest.remove_prefix(std::min(part.size() + 1, rest.size()));
  return part;
}

bool is_unreserved(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '.' || c == '_' || c == '~';
}

/// With digits of either case, and blanks of either form.
std::string percent_encoded(std::string_view text, std::string_view digits, std::string_view blank) {
  std::string out;
  for (auto c : text) {
    if (is_unreserved(c))
      out += c;
    else if (c == ' ')
      out += blank;
    else {
      auto byte = static_cast<uint8_t>(c);
      out += '%';
      out += digits[byte >> 4];
      out += digits[byte & 15];
    }
  }
  return out;
}

void check_any(std::string_view query) {
  for (auto name : {"EIO", "transport", "sid", "token", "", "t"}) {
    auto value = query_value(query, name);
    auto or_none = query_value(query, name, "none");
    fuzz::check(value.size() <= query.size());
    fuzz::check(or_none == value || (value.empty() && or_none == "none"));
  }
  for (auto plus_is_space : {false, true}) {
    auto decoded = percent_decoded(query, plus_is_space);
    fuzz::check(decoded.size() <= query.size() && 3 * decoded.size() >= query.size());
    fuzz::check(query.find_first_of("%+") != query.npos || decoded == query);
  }
}

} // namespace
} // namespace stentor

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace stentor;
  auto rest = std::string_view{reinterpret_cast<const char*>(data), size};
  check_any(rest);
  auto name = take(rest), value = take(rest);
  check_any(rest);
  if (name.empty()) // as that of an empty field
    return 0;
  for (auto [digits, blank] : {std::pair{"0123456789abcdef", "%20"}, std::pair{"0123456789ABCDEF", "+"}}) {
    auto encoded = percent_encoded(value, digits, blank);
    fuzz::check(percent_decoded(encoded, true) == value);
    auto field = percent_encoded(name, digits, blank) + '=' + encoded;
    fuzz::check(query_value(field + '&' + std::string{rest}, name) == value); // the first of a name counts
    fuzz::check(query_value("&&=&" + field, name, "none") == value);
    fuzz::check(query_value(std::string{rest} + '&' + field, name) == query_value(rest, name, value)); // or the last, if it is the only one
  }
  return 0;
}
