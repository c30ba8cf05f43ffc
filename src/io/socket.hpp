#pragma once

#include "base/json.hpp"
#include "io/room_index.hpp"
#include "net/close_reason.hpp"

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

  void enter(const room_key& room, variant_id variant);
  void leave(const room_key& room, variant_id variant);
  /// Leaves the room in every variant.
  void leave_all(const room_key& room);

  /// Leaves the namespace; the connection stays.
  void disconnect();

private:
  friend class client;
  void on_event(const std::string& event, std::span<const json> args, ack_id ack) { handler_->on_event(event, args, ack); }
  void on_gone(std::string_view reason);

  server& server_;
  connection& link_;
  std::string nsp_;
  std::string id_;
  std::unique_ptr<socket_handler> handler_;
  bool gone_ = false;
  std::vector<std::pair<room_key, variant_id>> rooms_;
};

} // namespace stentor::io
