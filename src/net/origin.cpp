#include "net/origin.hpp"

#include <algorithm>
#include <optional>

namespace stentor {
namespace {

/// RFC 6454, in lower case.
struct origin {
  std::string scheme;
  std::string host;
  std::string port;
  friend bool operator==(const origin&, const origin&) = default;
};

std::string lower(std::string_view text) {
  std::string out{text};
  std::ranges::transform(out, out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return out;
}

std::string_view usual_port(std::string_view scheme) {
  return scheme == "http" ? "80" : scheme == "https" ? "443" : "";
}

/// `host` or `host:port`
std::optional<origin> at(std::string_view scheme, std::string_view authority) {
  if (authority.find_first_of("/\\?#@*, \t") != authority.npos)
    return std::nullopt;
  auto colon = authority.rfind(':');
  if (colon != authority.npos && authority.find(']', colon) != authority.npos)
    colon = authority.npos; // within an IPv6 address
  auto port = colon == authority.npos ? std::string_view{} : authority.substr(colon + 1);
  auto made = origin{lower(scheme), lower(authority.substr(0, colon)), std::string{port}};
  if (made.port.empty())
    made.port = usual_port(made.scheme);
  if (made.scheme.empty() || made.host.empty() || made.port.find_first_not_of("0123456789") != made.port.npos)
    return std::nullopt;
  return made;
}

std::optional<origin> parse(std::string_view text) {
  auto end = text.find("://");
  return end == text.npos ? std::nullopt : at(text.substr(0, end), text.substr(end + 3));
}

bool lists(const std::vector<std::string>& origins, const std::optional<origin>& who) {
  return std::ranges::any_of(origins, [&](const auto& one) { return one == "*" || (who && parse(one) == who); });
}

/// The page of this server: of either scheme, since TLS may end at a proxy.
bool is_own(const origin& who, const http_request& request) {
  return !usual_port(who.scheme).empty() && at(who.scheme, request.headers.get("host")) == who;
}

/// A page has loaded this as a script or the like, for which browsers send no Origin: so would JSONP.
bool is_loaded_by_a_foreign_page(const http_request& request) {
  auto site = request.headers.get("sec-fetch-site");
  return site == "cross-site" || site == "same-site";
}

} // namespace

bool may_connect(const settings& rules, const http_request& request) {
  if (!rules.security.check_origin)
    return true;
  auto who = parse(request.headers.get("origin"));
  if (lists(rules.security.allowed_origins, who) || lists(rules.cors.origins, who))
    return true;
  if (request.headers.count("origin") == 0)
    return !is_loaded_by_a_foreign_page(request);
  return request.headers.count("origin") == 1 && who && is_own(*who, request);
}

} // namespace stentor
