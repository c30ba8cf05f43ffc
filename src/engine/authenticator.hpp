#pragma once

#include "actors/protocol.hpp"
#include "actors/reader_pool.hpp"
#include "base/json.hpp"
#include "base/settings.hpp"
#include "engine/token_issuer.hpp"

#include <functional>
#include <string_view>

namespace stentor {

/// Finds out who someone is by their token. One per network thread; answers on that thread.
///
/// A token of our own issuer names a user by id; any other is an identity provider's, whose subjects have users of their own,
/// created on sight with `auth.auto_provision`.
class authenticator {
public:
  authenticator(network_actor::pointer self, const auth_settings& rules, token_rules tokens, reader_pool readers,
                persistence_actor persistence);

  using done = std::function<void(result<identity_ptr>)>;
  /// Calls `then` once, now or later: `unauthenticated` for an empty token, `invalid_token` with the reason as its detail.
  void authenticate(std::string_view token, done then);

  /// A new token of ours.
  issued_token issue(const store::account& to) const;

private:
  void provision(const json& claims, store::claimed_identity claimed, identity known, done then);
  void accept(const store::account& found, const json& claims, identity known, const done& then) const;

  network_actor::pointer self_;
  const auth_settings& rules_;
  token_rules tokens_;
  reader_pool readers_;
  persistence_actor persistence_;
};

} // namespace stentor
