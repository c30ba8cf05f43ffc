#pragma once

#include "clock.hpp"
#include "connection.hpp"
#include "options.hpp"
#include "wire.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

struct epoll_event;

namespace stentor::load {

/// What a phase of the benchmark hears of the fleet, on the one thread, from within fleet::run.
class listener {
public:
  virtual ~listener() = default;
  virtual void on_entered(connection&) {}
  virtual void on_ack(connection&, uint64_t /*id*/) {}
  virtual void on_new_message(std::string_view /*packet*/, connection&) {}
};

/// Every connection of the run, on one thread with one epoll and one read buffer. A connection that is closed, refused
/// or told of an error ends the run with load_error.
class fleet {
public:
  fleet(const server_options& server, size_t size);

  size_t size() const { return connections_.size(); }
  connection& operator[](size_t i) { return connections_[i]; }

  /// Begins to connect; on_entered follows when the server has answered CONNECT.
  void start(connection& which);

  /// Queues `42<id>[name,argument]` and returns the id; `argument` is JSON text.
  uint64_t emit(connection& on, std::string_view name, std::string_view argument);

  /// Writes what is queued. The fleet does it for a connection after each call to a listener about it.
  void flush(connection& on);

  /// Serves the sockets until `done()` or the deadline; says whether it was `done()`.
  bool run(listener& who, steady_time deadline, const std::function<bool()>& done);

private:
  void serve(const epoll_event& event, listener& who);
  void read_all(connection& from, listener& who);
  std::string_view consume(connection& from, std::string_view bytes, listener& who);
  std::string_view consume_upgrade(connection& from, std::string_view bytes);
  void on_frame(connection& from, const frame& what, listener& who);
  void on_packet(connection& from, std::string_view packet, listener& who);
  void on_established(connection& on);
  void enter(connection& on);

  server_options server_;
  dialer dialer_;
  descriptor epoll_;
  std::vector<connection> connections_;
  std::vector<char> buffer_;
};

} // namespace stentor::load
