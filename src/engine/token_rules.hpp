#pragma once

#include "base/clock.hpp"
#include "base/json.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace stentor {

/// What a token that may be believed says.
struct believed_token {
  json claims;
  std::string fingerprint; ///< names the token where it has no id of its own
  wall_time expires_at;
};

/// How tokens are believed and made; what they look like is another floor's business.
struct token_rules {
  std::function<result<believed_token>(std::string_view token)> verify; ///< `invalid_token` with the reason
  std::function<std::string(json claims)> sign;                         ///< adds an id (`jti`) by which it can be revoked
};

} // namespace stentor
