#include "engine/chat_namespace.hpp"

#include "engine/chat_socket.hpp"
#include "net/connection.hpp"

namespace stentor {
namespace {

/// CONNECT `auth.token`, the request's header or cookie, its query: in this order.
std::string token_from(const json& auth, const http_request& handshake) {
  if (auth.is_object())
    if (auto token = auth.find("token"); token != auth.end() && token->is_string() && !token->get_ref<const std::string&>().empty())
      return token->get<std::string>();
  if (auto token = token_of(handshake); !token.empty())
    return std::string{token};
  return query_value(handshake.query, "token");
}

void refuse(io::socket& guest, const failure& why) {
  auto bad_token = why.code == errc::invalid_token;
  auto text = why.code == errc::unauthenticated ? "Authentication token required" : sentence(why.code);
  auto data = json{{"code", name(why.code)}, {"message", "Authentication error"}};
  if (bad_token)
    data["reason"] = why.detail;
  guest.refuse(text, data);
}

} // namespace

chat_namespace::chat_namespace(network& below, directory_actor directory, authenticator& auth)
  : below_(below), directory_(std::move(directory)), auth_(auth) {
}

void chat_namespace::on_connect(const std::shared_ptr<io::socket>& guest, const json& auth) {
  auth_.authenticate(token_from(auth, guest->link().handshake()), [this, weak = guest->weak_from_this()](const result<user_ptr>& who) {
    auto guest = weak.lock();
    if (!guest || !guest->link().is_open())
      return;
    if (!who)
      return refuse(*guest, who.error());
    auto handler = std::make_unique<chat_socket>(*guest, below_, directory_, local_, *who);
    auto& chat = *handler;
    guest->accept(std::move(handler));
    chat.greet();
  });
}

} // namespace stentor
