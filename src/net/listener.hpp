#pragma once

#include "base/result.hpp"
#include "net/network.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <memory>
#include <vector>

namespace stentor {

/// Accepts for all network threads, in turn. Runs on the first one's thread.
class listener {
public:
  /// Binds to server.host and server.port. Fails with one line that says what to do.
  static result<std::unique_ptr<listener>> open(const settings& config, std::vector<network*> networks);

  uint16_t port() const { return port_; }
  /// Any thread, once.
  void start();
  /// Any thread: accepts no more.
  void stop();

private:
  listener(std::vector<network*> networks, boost::asio::ip::tcp::acceptor acceptor);
  void await_client();
  void accept_some();
  void log_exhausted();

  std::vector<network*> networks_;
  boost::asio::ip::tcp::acceptor acceptor_;
  boost::asio::steady_timer pause_;
  uint16_t port_;
  size_t next_ = 0;
  bool exhausted_ = false; ///< of descriptors or memory, and said so
};

} // namespace stentor
