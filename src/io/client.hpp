#pragma once

#include "io/socket.hpp"
#include "net/application.hpp"
#include "net/timer_wheel.hpp"
#include "protocol/socketio_binary.hpp"

#include <memory>
#include <vector>

namespace stentor {
class network;
}

namespace stentor::io {

class server;

/// One connection's Socket.IO side: decodes packets, holds a socket for each namespace it has joined.
class client final : public connection_handler, private timer_wheel::client {
public:
  client(server& owner, connection& link);

  void on_open() override;
  void on_message(std::string_view text) override;
  void on_binary(std::string_view bytes) override;
  void on_close(close_reason why) override;

  /// Every socket leaves its namespace, by the server's wish.
  void disconnect_all();
  /// The socket of a namespace, or null.
  std::shared_ptr<socket> find(const std::string& name) const;

  /// The socket is out of its namespace.
  void forget(const socket& gone);

private:
  /// The attachment that was announced does not come.
  void on_deadline(steady_time now) override;
  void expect_attachment(steady_time now);
  void on_decoded(socketio::decoder::outcome got);
  void on_packet(socketio::packet packet);
  void on_connect(const std::string& name, const json& auth);
  socketio::wire_format wire() const;
  network* where_it_was(const json& auth) const;

  server& server_;
  connection& link_;
  socketio::decoder decoder_;
  struct {
    std::string_view bytes;
    engineio::binary_form form;
  } message_ = {};                               ///< that is being handled
  std::vector<std::shared_ptr<socket>> sockets_; ///< few; those that await their namespace's consent included
};

} // namespace stentor::io
