#pragma once

#include "base/settings.hpp"
#include "net/http.hpp"

#include <optional>
#include <string>

namespace stentor {

/// What CORS looks at in a request.
struct cors_request {
  std::string origin;
  std::string requested_headers;

  static cors_request of(const http_request& request);
};

/// Adds the headers by which a browser lets pages of `cors.origins` read the answer. They refuse nothing: other origins are served without
/// them.
void add_cors(const cors_settings& rules, const cors_request& from, http_response& answer);

/// The answer to a preflight, or nothing if CORS is off.
std::optional<http_response> preflight(const cors_settings& rules, const cors_request& from);

} // namespace stentor
