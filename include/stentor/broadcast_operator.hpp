#pragma once

#include "stentor/ack.hpp"
#include "stentor/handshake.hpp"
#include "stentor/json.hpp"
#include "stentor/room_names.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stentor {

/// A socket as `fetch_sockets` finds it. To tell it something, to move it or to end it: `in(id)`.
struct socket_snapshot {
  std::string id;
  stentor::handshake handshake;
  std::vector<std::string> rooms;
  json data;
};

/// What `disconnect_sockets` and `socket::disconnect` end: the stay in one namespace, or in all with the connection, after which clients do
/// not come back by themselves; or the transport alone without a word, after which they do.
enum class disconnect_from : uint8_t { nsp, connection, transport };

/// Many sockets of a namespace, and how they are to be told. A value: `to`, `except` and so on give another one. Any thread.
///
/// What it is asked for happens soon, in the order of asking. Answers are given on a worker: one after the other with the handlers of the
/// socket that it was made by, if it was made by one and has not gone.
class broadcast_operator {
public:
  /// Sockets in any of these rooms, besides those that are meant already. The id of a socket is a room, too.
  broadcast_operator to(const room_names& rooms) const;
  /// The same.
  broadcast_operator in(const room_names& rooms) const { return to(rooms); }
  /// But not those in any of these.
  broadcast_operator except(const room_names& rooms) const;
  /// Of this server only, and not of others of its cluster.
  broadcast_operator local() const { return *this; }
  /// Whoever cannot take it at once misses it, also for good.
  broadcast_operator volatile_() const;
  /// Whether events are worth compressing; they are if nothing is said. A poll's answer is compressed if anything in it is worth it, it is
  /// large, and the client takes it; what goes over a WebSocket never is.
  broadcast_operator compress(bool wanted) const;
  /// How long answers are waited for; 10 s if nothing is said.
  broadcast_operator timeout(std::chrono::milliseconds wait) const;

  /// Throws `std::invalid_argument` for an event name that Socket.IO reserves.
  template <class... Args>
  void emit(std::string event, Args&&... args) const {
    emit_values(std::move(event), to_json_values(std::forward<Args>(args)...));
  }
  void emit_values(std::string event, std::vector<json> args) const;
  /// Asks all of them, and calls `then` once: when all have answered, or time is up.
  template <class... Args>
  void emit_with_ack(std::string event, std::function<void(const answers&)> then, Args&&... args) const {
    ask_values(std::move(event), to_json_values(std::forward<Args>(args)...), std::move(then));
  }
  void ask_values(std::string event, std::vector<json> args, std::function<void(const answers&)> then) const;

  void fetch_sockets(std::function<void(std::vector<socket_snapshot>)> then) const;
  void sockets_join(const room_names& rooms) const;
  void sockets_leave(const room_names& rooms) const;
  void disconnect_sockets(disconnect_from what = disconnect_from::nsp) const;

private:
  friend class nsp;
  friend class socket;
  struct state;
  explicit broadcast_operator(std::shared_ptr<const state> of) : state_(std::move(of)) {}
  template <class Change>
  broadcast_operator with(Change change) const;

  std::shared_ptr<const state> state_;
};

} // namespace stentor
