#pragma once

#include "stentor/ack.hpp"
#include "stentor/broadcast_operator.hpp"
#include "stentor/handler.hpp"
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

struct socket_core;

/// One client in one namespace. A handle: copies mean the same socket.
///
/// Its handlers run on the server's workers, one after the other, in the order in which things happened; handlers of different sockets may
/// run at the same time. They may take their time: the network goes on meanwhile, and a client that sends faster than they handle is not
/// read any more. What a handler throws is logged. What hears (`on` and the like, `off`), `join`, `leave`, `rooms`, `data` and `set_data`
/// are for its own handlers, and for what is given to `post`; everything else may be called on any thread, also when the socket has gone,
/// or the server: then it does nothing.
class socket {
public:
  const std::string& id() const;
  /// The name of its namespace.
  const std::string& nsp() const;
  const stentor::handshake& handshake() const;
  /// It is one that was lost and has come back: same id, rooms and data, and its client gets what it missed.
  bool recovered() const;
  bool connected() const;

  // -- in ----------------------------------------------------------------------

  /// Calls `handler` for each such event of the client; see `make_handler` for what it may look like. Throws `std::invalid_argument` for
  /// an event name that Socket.IO reserves: no client sends it.
  template <class F>
  const socket& on(std::string event, F handler) const {
    return add_listener(std::move(event), make_handler(std::move(handler)), listens::always);
  }
  /// The same for the first one only.
  template <class F>
  const socket& once(std::string event, F handler) const {
    return add_listener(std::move(event), make_handler(std::move(handler)), listens::once);
  }
  /// Ends what listens to that event.
  const socket& off(const std::string& event) const;
  /// Every event of the client, before those who listen to it by name. Its name is a text, or a number.
  const socket& on_any(any_handler handler) const;
  /// The same, before all that hear everything already.
  const socket& prepend_any(any_handler handler) const;
  /// Ends what hears everything.
  const socket& off_any() const;
  /// Every event that it is sent, also with others, with a question, or as volatile, whether the client gets it or not; but no answers to
  /// the client.
  const socket& on_any_outgoing(outgoing_handler handler) const;
  const socket& prepend_any_outgoing(outgoing_handler handler) const;
  const socket& off_any_outgoing() const;
  /// The last one: why it has gone, in the words of the reference ("transport close", "client namespace disconnect", …).
  const socket& on_disconnect(std::function<void(const std::string& reason)> handler) const;
  /// Calls `what` among its handlers, in its turn; not if the socket has gone.
  void post(std::function<void()> what) const;

  // -- out ---------------------------------------------------------------------

  /// Throws `std::invalid_argument` for an event name that Socket.IO reserves.
  template <class... Args>
  void emit(std::string event, Args&&... args) const {
    emit_values(std::move(event), to_json_values(std::forward<Args>(args)...));
  }
  void emit_values(std::string event, std::vector<json> args) const;
  /// The same, unless the client cannot take it at once.
  template <class... Args>
  void emit_volatile(std::string event, Args&&... args) const {
    emit_volatile_values(std::move(event), to_json_values(std::forward<Args>(args)...));
  }
  void emit_volatile_values(std::string event, std::vector<json> args) const;
  /// Asks the client, and calls `then` once, among its handlers: with the answer, or with why there is none.
  template <class... Args>
  void emit_with_ack(std::string event, std::chrono::milliseconds timeout, std::function<void(const answer&)> then, Args&&... args) const {
    ask_values(std::move(event), to_json_values(std::forward<Args>(args)...), timeout, std::move(then));
  }
  void ask_values(std::string event, std::vector<json> args, std::chrono::milliseconds timeout,
                  std::function<void(const answer&)> then) const;

  /// The same socket, by a handle whose events, and those of operators that it makes, are worth compressing or not; see
  /// `broadcast_operator::compress`.
  socket compress(bool wanted) const {
    auto same = *this;
    same.compress_ = wanted;
    return same;
  }

  /// All of its namespace, itself included.
  broadcast_operator everyone() const;
  /// The others of its namespace.
  broadcast_operator broadcast() const;
  /// The others in any of these rooms.
  broadcast_operator to(const room_names& rooms) const { return broadcast().to(rooms); }
  broadcast_operator in(const room_names& rooms) const { return to(rooms); }
  broadcast_operator except(const room_names& rooms) const { return broadcast().except(rooms); }

  // -- rooms and data ----------------------------------------------------------

  void join(const room_names& rooms) const;
  void leave(const room_names& rooms) const;
  /// Its own id first.
  const std::vector<std::string>& rooms() const;
  /// Whatever the application wants to remember of it. Others see it by `fetch_sockets`.
  const json& data() const;
  void set_data(json data) const;

  /// Its events that are not handled yet are dropped.
  void disconnect(disconnect_from what = disconnect_from::nsp) const;

  friend bool operator==(const socket& a, const socket& b) { return a.core_ == b.core_; }

private:
  friend struct socket_core;
  enum class listens : uint8_t { always, once };
  explicit socket(std::shared_ptr<socket_core> core) : core_(std::move(core)) {}
  const socket& add_listener(std::string event, event_handler handler, listens how) const;

  std::shared_ptr<socket_core> core_;
  bool compress_ = true;
};

} // namespace stentor
