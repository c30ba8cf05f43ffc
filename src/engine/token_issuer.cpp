#include "engine/token_issuer.hpp"

namespace stentor {

issued_token issue_token(const store::account& to, const auth_settings& rules, const token_rules& tokens, std::chrono::seconds ttl,
                         wall_time now) {
  auto issued_at = std::chrono::floor<std::chrono::seconds>(now);
  auto claims = json{{"sub", std::to_string(to.who.id.value)},
                     {"iss", rules.issuer},
                     {"name", to.who.name},
                     {"role", to.role},
                     {"iat", issued_at.time_since_epoch().count()},
                     {"exp", (issued_at + ttl).time_since_epoch().count()}};
  if (!rules.audience.empty())
    claims["aud"] = rules.audience;
  return {tokens.sign(std::move(claims)), issued_at + ttl};
}

} // namespace stentor
