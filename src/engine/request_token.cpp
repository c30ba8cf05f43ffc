#include "engine/request_token.hpp"

#include <algorithm>

namespace stentor {

request_token token_of(const http_request& request) {
  using enum request_token::source;
  if (auto header_value = request.headers.get("authorization"); !header_value.empty())
    return {header_value, header};
  if (auto value = cookie_value(request.headers.get("cookie"), token_cookie); !value.empty())
    return {value, cookie};
  return {};
}

bool is_foreign(const http_request& request, const cors_settings& rules) {
  auto origin = request.headers.get("origin");
  if (origin.empty() || std::ranges::count(rules.origins, origin) > 0)
    return false;
  auto scheme = origin.find("://");
  return scheme == origin.npos || origin.substr(scheme + 3) != request.headers.get("host");
}

} // namespace stentor
