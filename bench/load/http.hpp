#pragma once

#include "connection.hpp"

#include <string>
#include <string_view>

namespace stentor::load {

/// One blocking keep-alive HTTP/1.1 connection; a request and its answer alternate. Throws load_error.
class http_connection {
public:
  /// `socket`: connected or connecting.
  http_connection(descriptor socket, std::string host);

  void post(std::string_view path, std::string_view bearer, std::string_view body);

  struct answer {
    int status;
    std::string body;
  };

  /// Understands Content-Length, not chunks.
  answer read_answer();

private:
  void read_more();

  descriptor socket_;
  std::string host_;
  std::string unread_;
};

} // namespace stentor::load
