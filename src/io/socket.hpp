#pragma once

#include "base/json.hpp"
#include "base/result.hpp"
#include "io/room_index.hpp"
#include "net/close_reason.hpp"

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

class server;

/// The number under which a client waits for an acknowledgement, if it does.
using ack_id = std::optional<uint64_t>;

/// What an application does with one socket. Called on the socket's network thread.
class socket_handler {
public:
  virtual ~socket_handler() = default;
  virtual void on_event(const std::string& event, std::span<const json> args, ack_id ack) = 0;
  /// The last call: by the client's or the server's wish (`reason` in the words of the reference), or with its connection.
  virtual void on_disconnect(std::string_view reason) = 0;
};

/// One client in one namespace. Lives on its network thread; held by its connection.
class socket : public std::enable_shared_from_this<socket> {
public:
  socket(server& owner, connection& link, std::string nsp);
  ~socket();

  const std::string& id() const { return id_; }
  const std::string& nsp() const { return nsp_; }
  connection& link() { return link_; }
  /// True from `accept` until it leaves or its connection ends.
  bool connected() const { return handler_ != nullptr && !gone_; }

  /// Answers the CONNECT, once: with either of these.
  void accept(std::unique_ptr<socket_handler> handler);
  void refuse(std::string_view message, const json& data = nullptr);

  /// `args` are ready JSON texts, separated by commas, without brackets.
  void emit(std::string_view event, std::string_view args);
  void acknowledge(uint64_t ack, std::string_view args);
  /// The same with values, which may be binary.
  void emit(std::string_view event, std::span<const json> args);
  void acknowledge(uint64_t ack, std::span<const json> args);

  /// The arguments of the client's acknowledgement; or `unavailable`, because time is up or the socket has gone.
  using on_answer = std::function<void(const result<std::span<const json>>& answer)>;
  /// Calls `then` once, unless the socket is destroyed before it has gone.
  void emit_with_ack(std::string_view event, std::span<const json> args, std::chrono::milliseconds timeout, on_answer then);

  void enter(const room_key& room, variant_id variant);
  void leave(const room_key& room, variant_id variant);
  /// Leaves the room in every variant.
  void leave_all(const room_key& room);

  /// Leaves the namespace; the connection stays.
  void disconnect();

private:
  friend class client;
  struct awaited;
  void on_event(const std::string& event, std::span<const json> args, ack_id ack) { handler_->on_event(event, args, ack); }
  void on_ack(uint64_t ack, std::span<const json> args);
  void on_gone(std::string_view reason);
  void settle(uint64_t ack, const result<std::span<const json>>& answer);

  server& server_;
  connection& link_;
  std::string nsp_;
  std::string id_;
  std::unique_ptr<socket_handler> handler_;
  bool gone_ = false;
  std::vector<std::pair<room_key, variant_id>> rooms_;
  std::map<uint64_t, std::unique_ptr<awaited>> awaited_; ///< acknowledgements that the client owes
};

} // namespace stentor::io
