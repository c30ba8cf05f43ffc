#include "net/cors.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace stentor {

cors_request cors_request::of(const http_request& request) {
  return {std::string{request.headers.get("origin")}, std::string{request.headers.get("access-control-request-headers")}};
}

void add_cors(const cors_settings& rules, const cors_request& from, http_response& answer) {
  if (rules.origins.empty())
    return;
  if (!rules.exposed_headers.empty())
    answer.headers.emplace_back("Access-Control-Expose-Headers", fmt::format("{}", fmt::join(rules.exposed_headers, ",")));
  if (std::ranges::count(rules.origins, "*")) {
    answer.headers.emplace_back("Access-Control-Allow-Origin", "*");
    return;
  }
  answer.headers.emplace_back("Vary", "Origin");
  if (!std::ranges::count(rules.origins, from.origin))
    return;
  answer.headers.emplace_back("Access-Control-Allow-Origin", from.origin);
  answer.headers.emplace_back("Access-Control-Allow-Credentials", "true");
}

std::optional<http_response> preflight(const cors_settings& rules, const cors_request& from) {
  if (rules.origins.empty())
    return std::nullopt;
  auto answer = http_response{.status = 204, .body = {}, .headers = {{"Content-Length", "0"}}}; // as the reference says it
  answer.headers.emplace_back("Access-Control-Allow-Methods", "GET,HEAD,PUT,PATCH,POST,DELETE");
  if (!from.requested_headers.empty()) {
    answer.headers.emplace_back("Access-Control-Allow-Headers", from.requested_headers);
    answer.headers.emplace_back("Vary", "Access-Control-Request-Headers");
  }
  if (rules.max_age_s > 0)
    answer.headers.emplace_back("Access-Control-Max-Age", std::to_string(rules.max_age_s));
  return answer;
}

} // namespace stentor
