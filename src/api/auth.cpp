// Accounts with a password: register, log in, refresh, log out. Bare bodies, ids as numbers.

#include "api/ask.hpp"
#include "api/people.hpp"
#include "dialect/fields.hpp"
#include "engine/request_token.hpp"

#include <fmt/format.h>

namespace stentor::api {
namespace {

std::pair<std::string, std::string> cookie(const service& on, std::string_view token, std::chrono::seconds age) {
  auto secure = on.config().auth.secure_cookie ? "; Secure" : "";
  return {"Set-Cookie", fmt::format("{}={}; Path=/; HttpOnly; SameSite=Lax; Max-Age={}{}", token_cookie, token, age.count(), secure)};
}

/// `{jwt, user}`, and the same token as a cookie.
void welcome(const service& on, const call_ptr& from, unsigned status, const store::account& who) {
  auto token = on.auth().issue(who);
  from->answer_bare(status, {{"jwt", token.jwt}, {"user", show_account(who)}},
                    {cookie(on, token.jwt, std::chrono::seconds{on.config().auth.token_ttl_s}), {"Cache-Control", "no-store"}});
}

result<sign_up> wanted_account(const call& from) {
  auto body = from.body_object({});
  if (!body)
    return body.error();
  auto fields = dialect::reading{{&*body, 1}};
  auto name = fields.text("username", 1, identifier_bytes_max);
  auto email = fields.text("email", 0, identifier_bytes_max);
  auto password = fields.text("password", 1, password_bytes_max);
  return fields.as<sign_up>({{name, email, password}, from.request.address});
}

result<log_in> wanted_login(const call& from) {
  auto body = from.body_object({});
  if (!body)
    return body.error();
  auto fields = dialect::reading{{&*body, 1}};
  auto identifier = fields.text("identifier", 1, identifier_bytes_max);
  auto password = fields.text("password", 1, password_bytes_max);
  return fields.as<log_in>({identifier, password, from.request.address});
}

} // namespace

void register_account(service& on, const call_ptr& from) {
  auto wanted = wanted_account(*from);
  if (!wanted)
    return from->fail(wanted.error());
  on.ask(from, on.actors().accounts, *std::move(wanted), [&on, from](const store::account& made) { welcome(on, from, 201, made); });
}

void log_in_local(service& on, const call_ptr& from) {
  auto wanted = wanted_login(*from);
  if (!wanted)
    return from->fail(wanted.error());
  on.ask(from, on.actors().accounts, *std::move(wanted), [&on, from](const store::account& who) { welcome(on, from, 200, who); });
}

/// For our own tokens only: how long another issuer's users may stay is that issuer's to say.
void refresh_token(service& on, const call_ptr& from) {
  if (!from->as->is_ours)
    return from->fail({errc::forbidden, "Only tokens of this server can be refreshed"});
  welcome(on, from, 200, {*from->who, from->as->role});
}

/// First it is on disk that the token is no good, then those who came in by it are closed.
void log_out(service& on, const call_ptr& from) {
  on.ask(from, on.actors().persistence, store::revocation{from->as->token, from->as->expires_at}, [&on, from](const stored&) {
    on.self()->send(on.actors().registry, expel{from->who->id, from->as->token});
    from->answer_nothing({cookie(on, "", std::chrono::seconds{0})});
  });
}

} // namespace stentor::api
