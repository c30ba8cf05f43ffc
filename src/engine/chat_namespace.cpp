#include "engine/chat_namespace.hpp"

#include "actors/errors.hpp"
#include "base/metrics.hpp"
#include "engine/chat_socket.hpp"
#include "engine/request_token.hpp"
#include "net/connection.hpp"

namespace stentor {
namespace {

/// CONNECT `auth.token`, the request's header or cookie, its query: in this order. A page of another place may not use the cookie.
std::string token_from(const json& auth, const http_request& handshake, const cors_settings& rules) {
  if (auth.is_object())
    if (auto token = auth.find("token"); token != auth.end() && token->is_string() && !token->get_ref<const std::string&>().empty())
      return token->get<std::string>();
  auto carried = token_of(handshake);
  if (carried.from == request_token::source::header || (carried.from == request_token::source::cookie && !is_foreign(handshake, rules)))
    return std::string{carried.text};
  return query_value(handshake.query, "token");
}

void refuse(io::socket& guest, const failure& why) {
  metrics::count_error(why.code);
  auto text = why.code == errc::unauthenticated ? "Authentication token required" : sentence(why.code);
  auto data = json{{"code", name(why.code)}, {"message", "Authentication error"}};
  if (why.code == errc::invalid_token)
    data["reason"] = why.detail;
  if (why.retry_after.count() > 0)
    data["retryAfter"] = why.retry_after.count();
  guest.refuse(text, data);
}

/// Null if it has gone meanwhile.
std::shared_ptr<io::socket> still_there(const std::weak_ptr<io::socket>& guest) {
  auto alive = guest.lock();
  return alive && !alive->left() && alive->link().is_open() ? alive : nullptr;
}

} // namespace

chat_namespace::chat_namespace(network& below, const chat_actors& actors, authenticator& auth)
  : around_{below, actors, auth, rate_limits::of(below.config().limits.rate), {}},
    nobody_(std::make_shared<const identity>(identity{nullptr, std::string{server_role::guest}, {}, wall_time::max()})) {
}

void chat_namespace::on_connect(const std::shared_ptr<io::socket>& guest, const json& auth) {
  auto weak = guest->weak_from_this();
  const auto& config = around_.below.config();
  auto token = token_from(auth, guest->link().handshake(), config.cors);
  if (token.empty() && !config.auth.required)
    return attach_socket(weak, nobody_);
  around_.auth.authenticate(token, [this, weak](const result<identity_ptr>& who) {
    if (who)
      attach_socket(weak, *who);
    else if (auto guest = still_there(weak))
      refuse(*guest, who.error());
  });
}

void chat_namespace::attach_socket(const std::weak_ptr<io::socket>& weak, const identity_ptr& who) {
  auto guest = still_there(weak);
  if (!guest)
    return;
  auto& link = guest->link();
  around_.below.self()
    ->request(around_.actors.registry, caf::infinite, attach{who, link.id(), link.handshake().address})
    .then([this, weak, who](const attached& place) { admit(weak, who, place); },
          [weak](const caf::error& error) {
            if (auto guest = still_there(weak))
              refuse(*guest, to_failure(error));
          });
}

void chat_namespace::admit(const std::weak_ptr<io::socket>& weak, const identity_ptr& who, const attached& place) {
  auto guest = still_there(weak);
  if (!guest) {
    if (who->who)
      around_.below.self()->send(around_.actors.registry, detach{who->who->id, place.device});
    return;
  }
  if (auto lost = guest->lost(); lost && static_cast<chat_socket&>(*lost->handler()).belongs_to(*who) && guest->recover())
    return static_cast<chat_socket&>(*guest->handler()).go_on(who, place);
  auto handler = std::make_unique<chat_socket>(*guest, around_, who, place);
  auto& chat = *handler;
  guest->accept(std::move(handler));
  chat.greet();
}

} // namespace stentor
