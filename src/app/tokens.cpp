#include "app/tokens.hpp"

#include "protocol/jwt.hpp"

namespace stentor {

token_rules jwt_rules(const auth_settings& rules, const std::string& secret) {
  auto believed = jwt::policy{.secret = secret, .issuer = {}, .audience = rules.audience, .leeway = std::chrono::seconds{rules.leeway_s}};
  return {
    .verify = [believed](std::string_view token) -> result<believed_token> {
      auto claims = jwt::verify(token, believed, wall_now());
      if (!claims)
        return claims.error();
      auto until = jwt::expiry(*claims) + believed.leeway;
      return believed_token{*std::move(claims), jwt::fingerprint(token), until};
    },
    .sign =
      [secret](json claims) {
        claims["jti"] = jwt::random_id();
        return jwt::sign(claims, secret);
      },
  };
}

} // namespace stentor
