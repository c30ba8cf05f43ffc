#pragma once

#include "base/settings.hpp"
#include "store/accounts.hpp"

#include <string>
#include <string_view>

namespace stentor {

struct issued_token {
  std::string jwt;
  wall_time expires_at;
};

/// A token of our own for a user, with an id (`jti`) by which it can be revoked.
issued_token issue_token(const store::account& to, const auth_settings& rules, std::string_view secret, std::chrono::seconds ttl,
                         wall_time now);

} // namespace stentor
