#pragma once

#include "net/close_reason.hpp"
#include "net/http.hpp"
#include "net/interface.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
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

/// Lets a client connect, or refuses it with a message. Once, now or later, on the network thread that has asked; what is said again, or
/// too late, goes nowhere.
using handshake_verdict = std::function<void(std::optional<std::string> refusal)>;

/// What stands on one network thread. Called on that thread only.
class application {
public:
  virtual ~application() = default;
  /// Whether `on_handshake` decides who may connect; else everyone may.
  virtual bool decides() const { return false; }
  /// A client wants to connect, and nothing else speaks against it. Who is not decided on in `socketio.connect_timeout_ms` is refused.
  /// The request lives until then.
  virtual void on_handshake(const http_request&, const handshake_verdict& decide) { decide(std::nullopt); }
  /// A client has opened a connection; it outlives its handler.
  virtual std::unique_ptr<connection_handler> on_open(connection& client) = 0;
  virtual void on_request(http_request request, http_reply reply) = 0;
  virtual void on_deliver(const deliver& news) = 0;
  /// These two matter only to what has users.
  virtual void on_deliver_to(const deliver_to&) {}
  virtual void on_disconnect(const disconnect&) {}
};

} // namespace stentor
