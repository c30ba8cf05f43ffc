#pragma once

#include "engine/authenticator.hpp"
#include "engine/chat_actors.hpp"
#include "engine/chat_namespace.hpp"
#include "io/server.hpp"

#include <functional>

namespace stentor {

/// Chat on one network thread: Socket.IO below, actors behind, HTTP handed on.
class chat_engine final : public application {
public:
  using http_handler = std::function<void(http_request, http_reply)>;

  chat_engine(network& below, const chat_actors& actors, token_rules tokens);

  /// Before the thread runs: who answers what is not Socket.IO.
  void serve_http(http_handler handler) { http_ = std::move(handler); }
  authenticator& auth() { return auth_; }

  std::unique_ptr<connection_handler> on_open(connection& client) override { return sockets_.open(client); }
  void on_request(http_request request, http_reply reply) override { http_(std::move(request), std::move(reply)); }
  void on_deliver(const deliver& news) override;
  void on_deliver_to(const deliver_to& news) override { sockets_.tell(news.whom, "/", news.what, 0); }
  void on_disconnect(const disconnect& whom) override { sockets_.disconnect(whom.whom); }

private:
  authenticator auth_;
  io::server sockets_;
  chat_namespace root_;
  http_handler http_;
};

} // namespace stentor
