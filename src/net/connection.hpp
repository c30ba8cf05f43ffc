#pragma once

#include "net/application.hpp"
#include "net/asio_hosted.hpp"
#include "net/compression.hpp"
#include "net/connection_metrics.hpp"
#include "net/outbox.hpp"
#include "net/timer_wheel.hpp"
#include "net/websocket_link.hpp"
#include "protocol/engineio.hpp"
#include "protocol/engineio_payload.hpp"

#include <memory>
#include <optional>
#include <string>

namespace stentor {

class network;

/// One Engine.IO connection, and the actor that asks in its user's name.
///
/// Lives on its network thread: heartbeat, outbox, and the transport of the moment: a WebSocket, or the polls of a client that may
/// upgrade to one. What it is told stands on `connection_handler`. It ends in two steps: `close` says goodbye and waits for the
/// peer, `end` drops everything.
class connection final : public asio_hosted<connection_actor>, private websocket_link::owner, private timer_wheel::client {
public:
  connection(caf::actor_config& cfg, boost::asio::io_context& io, network& owner, std::shared_ptr<const http_request> handshake,
             std::string sid);
  ~connection() override;

  behavior_type make_behavior() override;
  const char* name() const override { return "connection"; }
  void on_exit() override;

  connection_id id() const { return id_; }
  const std::string& sid() const { return sid_; }
  network& owner() { return owner_; }
  connection_actor::pointer self() { return this; }
  connection_handler* handler() { return handler_.get(); }
  /// The request that opened it; never changes.
  const http_request& handshake() const { return *handshake_; }
  std::shared_ptr<const http_request> share_handshake() const { return handshake_; }
  /// That of the handshake, over every transport.
  engineio::revision revision() const { return revision_; }
  bool is_open() const { return state_ == state::open; }

  // -- for what stands on top --------------------------------------------------

  /// Sends a Socket.IO packet to this client alone, in order with everything else.
  void send(std::string_view packet);
  void send(const encoded_packet& packet, compression compress = compression::on);
  /// Sends frames that are in the thread's log already.
  void push(frame_range frames, compression compress = compression::on);
  /// Whether what is sent now leaves now. False while it is slow: it has not taken yet what an earlier tick had for it, or this one has
  /// more than its socket takes. A client that polls must wait with a GET that nothing has been sent for.
  bool writable() const;
  /// It has not taken what it was sent before; if it polls: more of it waits for its next GET than a socket would take.
  bool is_slow() const;
  /// Takes in nothing until as many `resume_reading`: the peer feels it through TCP, or waits for the answer to its POST. What has been
  /// read already waits, too.
  void pause_reading() { ++pauses_; }
  bool paused() const { return pauses_ > 0; }
  void resume_reading();
  /// A namespace has been joined: the connection may stay.
  void keep() { kept_ = true; }
  /// It has left every namespace: it goes, unless it joins one in `network.close_timeout_ms`.
  void leave_soon();
  /// Tells the handler, says goodbye behind everything else, waits for the peer.
  void close(close_reason why) { close(why, websocket::close_code::none); }
  /// Tells the handler and drops the transport at once. Throws nothing.
  void end(close_reason why);
  /// What stands on it has thrown: answers the requests that wait with 500, and ends. To be called in a `catch`; throws nothing.
  void fail();

  /// Goes on on another thread, under the same session id, with a new handler there, to which `message` comes first: the one that is being
  /// handled, of which nothing was done yet. The old handler hears nothing more.
  void move_to(network& there, std::string message, engineio::binary_form form);

  // -- for the transports ------------------------------------------------------

  /// Once: says hello over a WebSocket. `early` came behind the request.
  void open(boost::asio::ip::tcp::socket socket, std::string early);
  /// Once: says hello to a client that polls.
  void open(const http_reply& reply);
  /// A GET: answered when there is something to say. A second one at a time ends the connection.
  void poll(http_reply reply);
  /// The GET's TCP connection is gone.
  void abort_poll();
  /// A POST. A second one while the first waits ends the connection.
  void take_post(const http_request& request, const http_reply& reply);
  /// A WebSocket that wants to take the polls' place; closed at once if that cannot be.
  void probe(boost::asio::ip::tcp::socket socket, std::string early, engineio::binary_form takes);
  bool polls() const { return !link_; }
  /// Ends a client that polls whose time was over before its timer came to it; whether it did.
  bool end_if_overdue();

  // -- for the network's tick --------------------------------------------------

  /// Hands over what the tick has for this connection.
  void flush();
  std::optional<size_t> dirty_at() const { return dirty_at_; }
  void set_dirty_at(size_t at) { dirty_at_ = at; }

private:
  enum class state : uint8_t { open, closing, ended };
  struct upgrade;
  struct parcel;
  /// A POST, as far as it is taken in.
  struct posted {
    std::string body;
    std::vector<engineio::payload_packet> packets; ///< texts live in `body`
    size_t taken = 0;
  };

  void on_exception() override { fail(); }
  void depart(network& there, std::shared_ptr<parcel> what);
  static void arrive(network& here, parcel& what);
  std::shared_ptr<websocket_link> link_over(boost::asio::ip::tcp::socket socket);
  transport over() const { return polls() ? transport::polling : transport::websocket; }
  /// What a client that polls by JSONP says as `j` in its handshake, else empty.
  std::string jsonp_index() const { return query_value(handshake_->query, "j"); }
  std::string open_packet() const;
  void start(std::string_view hello);
  void close(close_reason why, websocket::close_code code);
  void tell_closed(close_reason why);
  void mark_dirty();
  void expect_ping(steady_time now);
  void heard();
  steady_time silence_ends() const;
  bool silent_for_too_long(steady_time now) const;
  void answer_poll(std::string_view packet);
  void answer_poll_with_frames(std::string_view frames);
  void take_packets();
  void answer_post();
  void flush_polling();
  void flush_websocket();
  void drop();
  void on_probe(std::string_view payload);
  void switch_to_websocket();
  void say_goodbye_over_websocket();
  void on_packet(std::string_view text);
  void on_ping();
  void on_pong();
  void on_base64(std::string_view packet);

  void on_frame_text(websocket_link& from, std::string_view payload) override;
  void on_frame_binary(websocket_link& from, std::string_view payload) override;
  void on_frame_ping(websocket_link& from, std::string_view payload) override;
  void on_frame_close(websocket_link& from, websocket::close_code answer, bool by_peer) override;
  void on_lost(websocket_link& from, bool error) override;
  void on_failed(websocket_link&) override { fail(); }
  void on_writable(websocket_link& from) override;
  bool takes_input(const websocket_link& from) const override;
  void on_deadline(steady_time now) override;

  network& owner_;
  std::shared_ptr<const http_request> handshake_;
  std::unique_ptr<connection_handler> handler_;
  std::string sid_;
  std::shared_ptr<websocket_link> link_; ///< null: the client polls
  std::unique_ptr<upgrade> upgrade_;     ///< while a WebSocket is being tried
  http_reply poll_;                      ///< the GET that waits, if one does
  http_reply post_;                      ///< the POST whose packets are being taken in
  std::unique_ptr<posted> posted_;       ///< what of it waits for `resume_reading`
  outbox outbox_;
  connection_id id_;
  std::optional<size_t> dirty_at_;
  steady_time connect_by_;
  steady_time heard_at_; ///< in revision 3: when its last packet came
  engineio::revision revision_;
  engineio::binary_form takes_; ///< over the transport of the moment
  state state_ = state::open;
  bool kept_ = false;         ///< a namespace was joined
  bool compressible_ = false; ///< something of what waits for a poll is worth it
  uint32_t pauses_ = 0;
  bool awaits_pong_ = false;
  bool peer_closed_ = false; ///< nothing more can come from it
};

/// Makes a connection that lives until it ends.
connection& make_connection(network& owner, http_request handshake);
connection& make_connection(network& owner, std::shared_ptr<const http_request> handshake, std::string sid);

} // namespace stentor
