#pragma once

#include "net/application.hpp"
#include "net/asio_hosted.hpp"
#include "net/outbox.hpp"
#include "net/timer_wheel.hpp"
#include "protocol/websocket.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <memory>
#include <optional>
#include <string>

namespace stentor {

class network;

/// One Engine.IO connection over a WebSocket, and the actor that asks in its user's name.
///
/// Lives on its network thread: socket, heartbeat, outbox. What it is told stands on `connection_handler`.
/// It ends in two steps: `close` says goodbye and waits for the peer, `end` drops the socket.
class connection final : public asio_hosted<connection_actor>, private websocket::reader::handler, private timer_wheel::client {
public:
  connection(caf::actor_config& cfg, boost::asio::io_context& io, network& owner, boost::asio::ip::tcp::socket socket,
             std::shared_ptr<const http_request> handshake);
  ~connection() override;

  behavior_type make_behavior() override;
  const char* name() const override { return "connection"; }
  void on_exit() override;

  /// Once, after the 101: says hello and takes in `early`, what came behind the request.
  void open(std::string_view hello, std::string early);

  connection_id id() const { return id_; }
  network& owner() { return owner_; }
  connection_actor::pointer self() { return this; }
  /// The request that opened it.
  const http_request& handshake() const { return *handshake_; }
  bool is_open() const { return state_ == state::open; }
  connection_handler* handler() { return handler_.get(); }

  /// Sends a Socket.IO packet to this client alone, in order with everything else.
  void send(std::string_view packet);
  /// Sends frames that are in the thread's log already.
  void push(frame_range frames);

  /// Takes in nothing until `resume_reading`: the peer feels it through TCP.
  void pause_reading() { paused_ = true; }
  void resume_reading();

  /// A namespace has been joined: the connection may stay.
  void keep() { kept_ = true; }
  /// Tells the handler, sends a close frame behind everything else, waits for the peer at most `network.close_timeout_ms`.
  void close(close_reason why) { close(why, websocket::close_code::none); }
  /// Tells the handler and drops the socket at once.
  void end(close_reason why);

  /// Writes what the tick has for this connection.
  void flush();
  std::optional<size_t> dirty_at() const { return dirty_at_; }
  void set_dirty_at(size_t at) { dirty_at_ = at; }

private:
  enum class state : uint8_t { open, closing, ended };

  void close(close_reason why, websocket::close_code code);
  void tell_closed(close_reason why);
  bool takes_input() const;
  void await_input();
  void on_readable();
  void take_in(char* bytes, size_t size);
  void await_output();
  void mark_dirty();
  void expect_ping(steady_time now);

  void on_text(std::string_view payload) override;
  void on_binary(std::string_view payload) override;
  void on_ping(std::string_view payload) override;
  void on_pong(std::string_view payload) override;
  void on_close(websocket::close_code code) override;
  void on_error(websocket::close_code code) override;
  void on_deadline(steady_time now) override;

  network& owner_;
  boost::asio::ip::tcp::socket socket_;
  std::shared_ptr<const http_request> handshake_;
  std::unique_ptr<connection_handler> handler_;
  websocket::reader reader_;
  outbox outbox_;
  connection_id id_;
  std::optional<size_t> dirty_at_;
  steady_time connect_by_;
  state state_ = state::open;
  bool kept_ = false; ///< a namespace was joined
  bool paused_ = false;
  bool awaits_pong_ = false;
  bool awaits_input_ = false;
  bool awaits_output_ = false; ///< the socket was full
  bool peer_closed_ = false;   ///< its close frame has come: nothing to wait for
};

/// Makes a connection out of an upgraded socket; it lives until it ends.
void open_connection(network& owner, boost::asio::ip::tcp::socket socket, std::shared_ptr<const http_request> handshake, std::string early);

} // namespace stentor
