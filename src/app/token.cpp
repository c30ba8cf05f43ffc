#include "app/token.hpp"

#include "app/tokens.hpp"
#include "base/clock.hpp"
#include "base/secret.hpp"
#include "chat/server_role.hpp"
#include "engine/token_issuer.hpp"
#include "store/database.hpp"
#include "store/history.hpp"
#include "store/journal.hpp"

#include <cstdio>

namespace stentor {
namespace {

constexpr int exit_refused = 2;

result<user> find_or_create(store::database& db, const token_options& wanted) {
  auto found = store::history{db}.find_user_named(wanted.user);
  if (found || found.error().code != errc::not_found)
    return found;
  if (!wanted.create)
    return failure{errc::not_found, "there is no user \"" + wanted.user + "\"; add --create to create it"};
  return store::journal{db}.ensure_user({.name = wanted.user, .email = {}, .image = {}, .issuer = {}, .subject = {}});
}

/// The user's role, which becomes the wanted one if there is one.
result<std::string> role_of(store::database& db, const settings& config, const user& who, const std::string& wanted) {
  if (wanted.empty()) {
    auto known = store::history{db}.identify({who.id, {}, {}, {}});
    return known ? result<std::string>{known->role} : known.error();
  }
  if (!server_role::exists(wanted, config.auth.roles))
    return failure{errc::bad_request, "there is no role \"" + wanted + "\": it must be authenticated, admin or one of auth.roles"};
  if (auto changed = store::journal{db}.change_server_role(who.id, wanted); !changed)
    return changed.error();
  return wanted;
}

result<std::string> make_token(const settings& config, const token_options& wanted) {
  auto secret = load_secret(config);
  if (!secret)
    return secret.error();
  auto db = store::database::open(database_url(config), store::database::access::read_write);
  if (!db)
    return db.error();
  if (auto version = db->migrate(); !version)
    return version.error();
  auto who = find_or_create(*db, wanted);
  if (!who)
    return who.error();
  auto role = role_of(*db, config, *who, wanted.role);
  if (!role)
    return role.error();
  return issue_token({*who, *role}, config.auth, jwt_rules(config.auth, secret->value), std::chrono::seconds{wanted.ttl_s}, wall_now()).jwt;
}

} // namespace

int print_token(const settings& config, const token_options& wanted) {
  auto token = make_token(config, wanted);
  if (!token) {
    std::fprintf(stderr, "%s\n", token.error().detail.c_str());
    return exit_refused;
  }
  std::printf("%s\n", token->c_str());
  return 0;
}

} // namespace stentor
