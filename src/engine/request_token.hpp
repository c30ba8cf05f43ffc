#pragma once

#include "base/settings.hpp"
#include "net/http.hpp"

#include <string_view>

namespace stentor {

/// The token that a request carries, and how. Browsers send cookies on their own, whoever has asked them to.
struct request_token {
  enum class source : uint8_t { none, header, cookie };
  std::string_view text;
  source from = source::none;
};

/// The cookie that carries a token.
constexpr std::string_view token_cookie = "accessToken";

/// `Authorization` header, else the cookie, else nothing.
request_token token_of(const http_request& request);

/// Whether a page of another place has asked: neither this server's own nor one of `cors.origins`.
bool is_foreign(const http_request& request, const cors_settings& rules);

} // namespace stentor
