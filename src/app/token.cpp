#include "app/token.hpp"

#include "base/clock.hpp"
#include "base/secret.hpp"
#include "protocol/jwt.hpp"
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
  auto now = std::chrono::duration_cast<std::chrono::seconds>(wall_now().time_since_epoch()).count();
  auto claims = json{{"sub", std::to_string(who->id.value)},
                     {"iss", config.auth.issuer},
                     {"name", who->name},
                     {"iat", now},
                     {"exp", now + static_cast<int64_t>(wanted.ttl_s)}};
  if (!config.auth.audience.empty())
    claims["aud"] = config.auth.audience;
  if (!wanted.role.empty())
    claims["role"] = wanted.role;
  return jwt::sign(claims, secret->value);
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
