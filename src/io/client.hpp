#pragma once

#include "io/socket.hpp"
#include "net/application.hpp"

#include <memory>
#include <vector>

namespace stentor::io {

/// One connection's Socket.IO side: decodes packets, holds a socket for each namespace it has joined.
class client final : public connection_handler {
public:
  client(server& owner, connection& link) : server_(owner), link_(link) {}

  void on_message(std::string_view text) override;
  void on_binary(std::string_view bytes) override;
  void on_close(close_reason why) override;

  /// The socket is out of its namespace.
  void forget(const socket& gone);

private:
  void on_connect(std::string nsp, const json& auth);
  std::shared_ptr<socket> find(const std::string& nsp) const;

  server& server_;
  connection& link_;
  std::vector<std::shared_ptr<socket>> sockets_; ///< few; those that await their namespace's consent included
};

} // namespace stentor::io
