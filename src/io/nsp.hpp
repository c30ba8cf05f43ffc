#pragma once

#include "base/json.hpp"
#include "io/room_index.hpp"
#include "io/socket.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace stentor::io {

class server;

/// Who may enter a namespace, and what its sockets do there.
class namespace_handler {
public:
  virtual ~namespace_handler() = default;
  /// `guest` waits for `accept`, `recover` or `refuse`, now or later; it may be gone by then, so hold it weakly.
  virtual void on_connect(const std::shared_ptr<socket>& guest, const json& auth) = 0;
};

/// Which sockets of a namespace are meant.
struct audience {
  std::vector<room_key> rooms = {};  ///< a socket that is in any of them; none: everyone. The id of a socket is a room, too
  std::vector<room_key> except = {}; ///< but not who is in any of these
  std::optional<connection_id> except_connection = {};
  lane how = lane::kept;
  compression compress = compression::on;
};

/// A namespace on one network thread: its sockets and its rooms.
class nsp {
public:
  nsp(server& owner, std::string name, namespace_handler& handler) : owner_(owner), name_(std::move(name)), handler_(handler) {}
  nsp(const nsp&) = delete;
  nsp& operator=(const nsp&) = delete;

  const std::string& name() const { return name_; }
  server& owner() { return owner_; }
  namespace_handler& handler() { return handler_; }
  room_index& rooms() { return rooms_; }
  size_t size() const { return sockets_.size(); }
  /// The id of the next acknowledgement that is asked for.
  uint64_t next_ack() { return next_ack_++; }

  /// The socket is known by its id from now on.
  void enter(socket& who);
  void leave(const socket& who);
  /// The socket of that id, or null.
  socket* find(std::string_view id);

  /// Tells all of `what`, in order: encodes once per form, copies nothing per socket.
  void tell(const audience& whom, std::span<const broadcast_ptr> what);
  void tell(const audience& whom, const broadcast_ptr& what) { tell(whom, std::span{&what, 1}); }
  /// Tells it with one id for all, under which each of them is awaited: `then` is called once for each. How many those are.
  size_t ask(const audience& whom, const spoken_event& what, std::chrono::milliseconds timeout, const socket::on_answer& then);
  /// Each of them once. `call` may make sockets leave.
  void each(const audience& whom, const std::function<void(socket&)>& call);

private:
  class speaker;
  template <class Call>
  void each_listener(const audience& whom, Call call);
  /// Whom `except` means, sorted.
  std::vector<const socket*> in_any_of(std::span<const room_key> rooms);

  server& owner_;
  std::string name_;
  namespace_handler& handler_;
  room_index rooms_;
  std::unordered_map<std::string_view, socket*> sockets_; ///< the keys live in the sockets
  uint64_t next_ack_ = 0;
};

} // namespace stentor::io
