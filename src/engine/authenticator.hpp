#pragma once

#include "actors/protocol.hpp"
#include "actors/reader_pool.hpp"
#include "base/json.hpp"
#include "base/settings.hpp"
#include "net/http.hpp"

#include <functional>
#include <string_view>

namespace stentor {

/// The claims of a token that may be believed; `invalid_token` with the reason.
using token_verifier = std::function<result<json>(std::string_view token)>;

/// Finds out who someone is by their token. One per network thread; answers on that thread.
///
/// A token of our own issuer names a user by id; any other is an identity provider's, whose subjects have users of their own,
/// created on sight with `auth.auto_provision`.
class authenticator {
public:
  authenticator(network_actor::pointer self, const auth_settings& rules, token_verifier verify, reader_pool readers,
                persistence_actor persistence);

  using done = std::function<void(result<user_ptr>)>;
  /// Calls `then` once, now or later: `unauthenticated` for an empty token, `invalid_token` with the reason as its detail.
  void authenticate(std::string_view token, done then);

private:
  void provision(const json& claims, std::string issuer, std::string subject, done then);

  network_actor::pointer self_;
  const auth_settings& rules_;
  token_verifier verify_;
  reader_pool readers_;
  persistence_actor persistence_;
};

/// The token that a request carries: `Authorization` header, else cookie `accessToken`, else nothing.
std::string_view token_of(const http_request& request);

} // namespace stentor
