#pragma once

#include "io/socket.hpp"
#include "library/server_core.hpp"
#include "library/space.hpp"
#include "stentor/socket.hpp"

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace stentor {

/// What stands behind a `stentor::socket`.
struct socket_core : std::enable_shared_from_this<socket_core> {
  struct listener {
    std::string event;
    event_handler call;
    bool once;
  };

  /// `lost`: whom it comes back as, or null.
  socket_core(std::shared_ptr<space> home, const std::shared_ptr<io::socket>& inner, const io::socket* lost, const json& auth);

  socket handle() { return socket{shared_from_this()}; }
  /// Made when it is first asked for, which is rare. Any thread.
  const stentor::handshake& handshake();
  /// Calls it with the socket of the network thread, there, soon; not if that has gone. Any thread.
  void on_thread(std::function<void(io::socket&)> what);
  /// Among its handlers. Any thread.
  void enqueue(std::function<void()> what) { stentor::enqueue(queue, std::move(what)); }
  /// It is sent this: whoever listens to that hears it, among its handlers. Any thread.
  void on_outgoing(const std::string& event, const std::vector<json>& args);

  // On the network thread.
  void on_event(const json& event, std::span<const json> args, io::ack_id ack);
  /// It is in no more, or never will be: `reason`, for its handlers, or nothing.
  void end(std::optional<std::string> reason);

  // Among its handlers.
  void dispatch(const json& event, const event_args& args, const ack& reply);
  void tell_outgoing(const std::string& event, const event_args& args);
  void hear_outgoing(bool wanted);
  void joined(const std::vector<std::string>& more);
  void left(const std::vector<std::string>& less);

  const std::shared_ptr<space> home;
  const size_t thread;
  const std::weak_ptr<io::socket> inner;
  const std::string id;
  const std::string place;
  const std::shared_ptr<const http_request> request; ///< that opened its connection
  const json auth;
  const std::chrono::system_clock::time_point issued = std::chrono::system_clock::now();
  std::once_flag shaken;
  std::unique_ptr<stentor::handshake> shake;
  const bool recovered;
  work_queue queue;
  std::atomic<bool> connected = false;
  std::atomic<bool> ended = false;        ///< by the server's wish: what has come and is not handled yet is dropped
  std::atomic<size_t> pending = 0;        ///< events that are not handled yet
  std::atomic<bool> has_outgoing = false; ///< someone listens to what it is sent
  json shared_data;                       ///< the network thread's copy
  bool gone = false;                      ///< for the network thread

  // Of its handlers.
  std::vector<std::shared_ptr<listener>> listeners;
  std::vector<std::shared_ptr<const any_handler>> any;
  std::vector<std::shared_ptr<const outgoing_handler>> any_outgoing;
  std::vector<std::function<void(const std::string&)>> on_disconnect;
  std::vector<std::string> rooms;
  json data;
};

/// What a socket of the library does on its network thread.
class bound_socket final : public io::socket_handler {
public:
  explicit bound_socket(std::shared_ptr<socket_core> core) : core_(std::move(core)) {}
  void on_event(const json& event, std::span<const json> args, io::ack_id ack) override { core_->on_event(event, args, ack); }
  void on_lost(std::string_view reason) override { core_->end(std::string{reason}); }
  void on_disconnect(std::string_view reason) override { core_->end(std::string{reason}); }
  const std::shared_ptr<socket_core>& core() const { return core_; }

private:
  std::shared_ptr<socket_core> core_;
};

handshake handshake_of(const http_request& request, const json& auth, std::chrono::system_clock::time_point issued);

/// Of a socket that an application has; null while it is lost, or waits to be let in.
std::shared_ptr<socket_core> core_of(io::socket& who);
void disconnect(io::socket& who, disconnect_from what);

/// Throws unless an event may be called that and have these arguments.
void check_event(const std::string& event, const std::vector<json>& args);

} // namespace stentor
