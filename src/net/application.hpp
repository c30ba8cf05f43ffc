#pragma once

#include "net/close_reason.hpp"
#include "net/http.hpp"
#include "net/interface.hpp"

#include <memory>
#include <string_view>

namespace stentor {

class connection;

/// What stands on one connection. Called on its network thread only.
class connection_handler {
public:
  virtual ~connection_handler() = default;
  /// Once, before anything else: the client has been said hello.
  virtual void on_open() {}
  /// An Engine.IO message. The view lives for the call only.
  virtual void on_message(std::string_view text) = 0;
  virtual void on_binary(std::string_view bytes) = 0;
  /// The last call. The connection takes nothing more; the handler is destroyed later.
  virtual void on_close(close_reason why) = 0;
};

/// What stands on one network thread. Called on that thread only.
class application {
public:
  virtual ~application() = default;
  /// A client has opened a connection; it outlives its handler.
  virtual std::unique_ptr<connection_handler> on_open(connection& client) = 0;
  virtual void on_request(http_request request, http_reply reply) = 0;
  virtual void on_deliver(const deliver& news) = 0;
  /// These two matter only to what has users.
  virtual void on_deliver_to(const deliver_to&) {}
  virtual void on_disconnect(const disconnect&) {}
};

} // namespace stentor
