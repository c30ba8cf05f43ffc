#pragma once

#include "actors/protocol.hpp"
#include "base/settings.hpp"
#include "engine/token_rules.hpp"

#include <string>

namespace stentor {

struct issued_token {
  std::string jwt;
  wall_time expires_at;
};

/// A token of our own for a user, with an id (`jti`) by which it can be revoked.
issued_token issue_token(const store::account& to, const auth_settings& rules, const token_rules& tokens, std::chrono::seconds ttl,
                         wall_time now);

} // namespace stentor
