#pragma once

#include "base/clock.hpp"
#include "base/json.hpp"

#include <string>
#include <string_view>

namespace stentor::jwt {

/// What a token must be like to be believed.
struct policy {
  std::string secret{};           ///< HS256 key
  std::string issuer{};           ///< required `iss`, or empty: any
  std::string audience{};         ///< required in `aud`, or empty: any
  std::chrono::seconds leeway{0}; ///< for `exp`, `nbf` and `iat`
};

/// The claims of a token that `rules` lets through at `now`; else `invalid_token` whose detail says why
/// ("expired", "signature", "algorithm", "malformed", "not yet valid", "issuer", "audience", "too long").
///
/// At most 4 KiB; HS256 only, whatever the header claims; `exp` required and an integer; `crit` refused.
result<json> verify(std::string_view token, const policy& rules, wall_time now);

/// A short name of a token, by which it is remembered without being kept.
std::string fingerprint(std::string_view token);

/// When a token with these claims, which verify() has let through, expires.
wall_time expiry(const json& claims);

/// 128 random bits as text, for `jti`.
std::string random_id();

/// Signs `claims` with HS256.
std::string sign(const json& claims, std::string_view secret);

} // namespace stentor::jwt
