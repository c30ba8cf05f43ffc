#pragma once

#include "stentor/nsp.hpp"
#include "stentor/options.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <regex>
#include <string>

namespace stentor {

struct server_core;

/// A Socket.IO v4 server.
///
///     stentor::server io{{.port = 3000}};
///     io.root().on_connection([](stentor::socket client) {
///       client.on("hello", [client](std::string name, stentor::ack reply) { reply("hello, " + name); });
///     });
///     io.listen();
///     io.run();
///
/// Any thread, except where said otherwise.
class server {
public:
  /// Throws `std::runtime_error` with a sentence that says what to do, if the options make no sense.
  explicit server(const server_options& options = {});
  /// Closes it.
  ~server();
  server(const server&) = delete;
  server& operator=(const server&) = delete;

  /// The namespace of that name; a slash is put in front if there is none. If a regular expression that was given before matches it, it is
  /// one of those: its middleware and handlers are theirs, and then what is added here.
  nsp of(std::string name);
  /// All namespaces whose whole name matches, as clients ask for them.
  nsp of(const std::regex& pattern);
  /// All that `matches` wants, by name and CONNECT payload. It is called on a network thread, and must not block.
  nsp of(const std::function<bool(const std::string& name, const json& auth)>& matches);
  /// The namespace `/`.
  nsp root() { return of("/"); }

  /// Lets clients in. Namespaces and handlers that are there by now are there for the first client.
  /// Throws `std::runtime_error` with a sentence that says what to do, if the port is taken; it may be tried again then. Once it listens,
  /// or after `close`, throws `std::logic_error`.
  void listen();
  /// After `listen`; throws `std::logic_error` before.
  uint16_t port() const;
  /// Returns when `stop` or `close` was called, or at SIGINT or SIGTERM if the server takes signals.
  void run();

  /// Hangs up on all clients, who will try to come back; returns when handlers have ended. Not to be called by a handler: `stop` is.
  void close();
  /// Makes `run` return.
  void stop();

private:
  std::shared_ptr<server_core> core_;
};

} // namespace stentor
