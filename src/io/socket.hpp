#pragma once

#include "base/json.hpp"
#include "base/result.hpp"
#include "io/recovery_log.hpp"
#include "io/room_index.hpp"
#include "net/close_reason.hpp"
#include "net/compression.hpp"
#include "net/frame_log.hpp"

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace stentor {
class connection;
}

namespace stentor::io {

class nsp;
class server;

/// The number under which a client waits for an acknowledgement, if it does.
using ack_id = std::optional<uint64_t>;

/// What an application does with one socket. Called on the socket's network thread.
class socket_handler {
public:
  virtual ~socket_handler() = default;
  /// `event` is a text, or a number.
  virtual void on_event(const json& event, std::span<const json> args, ack_id ack) = 0;
  /// Its connection is lost, but it may come back: it stays in its rooms, and what it is told is kept for it. `on_recovered` follows, or
  /// `on_disconnect`.
  virtual void on_lost(std::string_view) {}
  /// It has come back, and is `now`.
  virtual void on_recovered(socket& /*now*/) {}
  /// The last call: by the client's or the server's wish (`reason` in the words of the reference), or with its connection.
  virtual void on_disconnect(std::string_view reason) = 0;
};

/// One client in one namespace. Lives on its network thread; held by its connection, and by the server while it is lost.
class socket : public std::enable_shared_from_this<socket> {
public:
  socket(std::shared_ptr<nsp> place, connection& link, socketio::wire_format wire, std::string id);
  ~socket();

  const std::string& id() const { return id_; }
  nsp& place() { return *place_; }
  /// Requires that it is not lost.
  connection& link() { return *link_; }
  /// The connection with which it came first.
  const connection_id& origin() const { return origin_; }
  socketio::wire_format wire() const { return wire_; }
  /// True from `accept` or `recover` until it leaves, or its connection ends.
  bool connected() const { return handler_ != nullptr && link_ != nullptr && !gone_; }
  /// False while it is lost, or slow.
  bool writable() const;
  /// Whether it is told what goes out like that.
  bool takes(lane how) const;

  /// Answers the CONNECT, once: with one of these three.
  void accept(std::unique_ptr<socket_handler> handler);
  void refuse(std::string_view message, const json& data = nullptr);
  /// Goes on as the socket that it was before: with its id and its rooms, and what it has missed. `handler` takes the place of the one it
  /// had; null: that one is told. False if `lost()` is null; then it may be accepted or refused.
  bool recover(std::unique_ptr<socket_handler> handler = nullptr);
  /// Whom its client says it was; null if there was no such socket here, it is kept no longer, or more was missed than is kept.
  std::shared_ptr<socket> lost() const;
  socket_handler* handler() { return handler_.get(); }

  void emit(std::string_view event, std::span<const json> args, lane how = lane::kept, compression compress = compression::on);
  void acknowledge(uint64_t ack, std::span<const json> args);

  /// The arguments of the client's acknowledgement; or `unavailable`, because time is up or the socket has gone.
  using on_answer = std::function<void(const result<std::span<const json>>& answer)>;
  /// Calls `then` once, unless the socket is destroyed before it has gone.
  void emit_with_ack(std::string_view event, std::span<const json> args, std::chrono::milliseconds timeout, on_answer then,
                     compression compress = compression::on);
  /// The same for what was told already, under that id.
  void await_ack(uint64_t id, std::chrono::milliseconds timeout, on_answer then);

  /// Frames of the tick that it is told, and their numbers in the log if they may be asked for again.
  struct heard {
    frame_range frames;
    std::optional<logged_range> logged;
  };
  void hear(const heard& what, compression compress = compression::on);
  form heard_as(variant_id variant) const { return {variant, wire_, recovery_ != nullptr}; }

  /// Does nothing before it is let in.
  void enter(const room_key& room, variant_id variant = 0);
  void leave(const room_key& room, variant_id variant = 0);
  /// Leaves the room in every variant.
  void leave_all(const room_key& room);
  /// Without its own id.
  std::vector<room_key> rooms() const;

  /// Its client is not read until `resume`, or until it leaves. Twice is once.
  void pause();
  void resume();

  /// Leaves the namespace; the connection stays.
  void disconnect();
  /// Has left, or was never let in and cannot be any more.
  bool left() const { return gone_ || !link_; }

private:
  friend class client;
  friend class server;
  struct awaited;
  struct recovery;
  struct claim;
  static std::optional<std::vector<logged_range>> missed_since(const claim& what, const socket& before);
  void claim_to_be(const std::shared_ptr<socket>& lost, std::string offset);
  void on_event(const json& event, std::span<const json> args, ack_id ack) { handler_->on_event(event, args, ack); }
  void on_ack(uint64_t ack, std::span<const json> args);
  /// Its connection has ended.
  void on_link_closed(close_reason why);
  void on_gone(std::string_view reason);
  void settle(uint64_t ack, const result<std::span<const json>>& answer);
  void settle_all();
  void greet();
  void send(const encoded_packet& packet, compression compress = compression::on);

  std::shared_ptr<nsp> place_;
  connection* link_; ///< null: lost
  connection_id origin_;
  socketio::wire_format wire_;
  std::string id_;
  std::unique_ptr<socket_handler> handler_;
  std::unique_ptr<recovery> recovery_; ///< null: cannot recover
  std::unique_ptr<claim> claim_;       ///< until it is answered
  bool gone_ = false;
  bool paused_ = false;
  std::vector<std::pair<room_key, variant_id>> rooms_;
  std::map<uint64_t, std::unique_ptr<awaited>> awaited_; ///< acknowledgements that the client owes
};

} // namespace stentor::io
