#include "net/connection.hpp"

#include "net/network.hpp"
#include "protocol/engineio.hpp"

#include <caf/send.hpp>

#include <sys/socket.h>

#include <cerrno>

namespace stentor {

using std::chrono::milliseconds;

connection::connection(caf::actor_config& cfg, boost::asio::io_context& io, network& owner, boost::asio::ip::tcp::socket socket,
                       std::shared_ptr<const http_request> handshake)
  : asio_hosted(cfg, io), owner_(owner), socket_(std::move(socket)), handshake_(std::move(handshake)),
    reader_({.message_bytes_max = owner.config().socketio.max_payload_bytes}), outbox_(owner.config().network.outbox_bytes_max) {
  id_ = owner_.enter(*this);
}

connection::~connection() = default;

connection::behavior_type connection::make_behavior() {
  return {[this](const drain&) { close(close_reason::shutting_down); }};
}

void connection::on_exit() {
  end(close_reason::shutting_down);
  handler_.reset();
}

void connection::open(std::string_view hello, std::string early) {
  auto now = std::chrono::steady_clock::now();
  connect_by_ = now + milliseconds{owner_.config().socketio.connect_timeout_ms};
  push(owner_.log().frame(websocket::opcode::text, hello));
  handler_ = owner_.top().on_open(*this);
  expect_ping(now);
  if (!early.empty())
    take_in(early.data(), early.size());
  await_input();
}

void connection::send(std::string_view packet) {
  if (!outbox_.sealed())
    push(owner_.log().message(packet));
}

void connection::push(frame_range frames) {
  outbox_.push(frames);
  mark_dirty();
}

void connection::mark_dirty() {
  if (!dirty_at_ && state_ != state::ended)
    owner_.mark_dirty(*this);
}

// -- in -----------------------------------------------------------------------

void connection::resume_reading() {
  paused_ = false;
  await_input();
}

/// While it closes, the peer's goodbye is all that is waited for; a draining server takes in nothing new.
bool connection::takes_input() const {
  return state_ == state::closing || (state_ == state::open && !paused_ && !owner_.draining());
}

void connection::await_input() {
  if (awaits_input_ || !takes_input())
    return;
  awaits_input_ = true;
  socket_.async_wait(boost::asio::ip::tcp::socket::wait_read, [this, alive = caf::strong_actor_ptr{ctrl()}](const auto& error) {
    awaits_input_ = false;
    if (!error && takes_input())
      on_readable();
  });
}

void connection::on_readable() {
  auto buffer = owner_.input();
  auto size = ::recv(socket_.native_handle(), buffer.data(), buffer.size(), MSG_DONTWAIT);
  if (size > 0)
    take_in(buffer.data(), static_cast<size_t>(size));
  else if (size == 0 || (errno != EAGAIN && errno != EINTR))
    end(size == 0 ? close_reason::transport_close : close_reason::transport_error);
  await_input();
}

void connection::take_in(char* bytes, size_t size) {
  reader_.feed(bytes, size, *this);
}

void connection::on_text(std::string_view payload) {
  if (state_ != state::open)
    return;
  auto packet = engineio::decode(payload);
  if (!packet)
    return close(close_reason::parse_error);
  switch (packet->type) {
    case engineio::packet_type::message: return handler_->on_message(packet->data);
    case engineio::packet_type::pong: awaits_pong_ = false; return expect_ping(std::chrono::steady_clock::now());
    case engineio::packet_type::ping: return close(close_reason::transport_error);
    case engineio::packet_type::close: return close(close_reason::transport_close);
    case engineio::packet_type::open:
    case engineio::packet_type::upgrade:
    case engineio::packet_type::noop: return;
  }
}

void connection::on_binary(std::string_view payload) {
  if (state_ == state::open)
    handler_->on_binary(payload);
}

void connection::on_ping(std::string_view payload) {
  push(owner_.log().frame(websocket::opcode::pong, payload));
}

void connection::on_pong(std::string_view) {
}

void connection::on_close(websocket::close_code) {
  peer_closed_ = true;
  if (state_ == state::open)
    close(close_reason::transport_close);
  else if (outbox_.empty())
    end(close_reason::transport_close);
}

void connection::on_error(websocket::close_code code) {
  if (state_ == state::open)
    close(close_reason::parse_error, code);
}

// -- out ----------------------------------------------------------------------

void connection::flush() {
  dirty_at_.reset();
  if (state_ == state::ended)
    return;
  auto bytes = outbox_.unsent(owner_.log());
  auto size = ssize_t{0};
  if (!awaits_output_ && !bytes.empty()) {
    size = ::send(socket_.native_handle(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (size < 0 && errno != EAGAIN && errno != EINTR)
      return end(close_reason::transport_error);
  }
  if (!outbox_.sent(size < 0 ? 0 : static_cast<size_t>(size), owner_.log()))
    return end(close_reason::transport_close);
  if (outbox_.backlog_bytes() > 0)
    await_output();
  else if (outbox_.sealed() && peer_closed_)
    end(close_reason::transport_close);
}

void connection::await_output() {
  if (awaits_output_)
    return;
  awaits_output_ = true;
  socket_.async_wait(boost::asio::ip::tcp::socket::wait_write, [this, alive = caf::strong_actor_ptr{ctrl()}](const auto& error) {
    awaits_output_ = false;
    if (!error)
      mark_dirty();
  });
}

// -- time ---------------------------------------------------------------------

void connection::expect_ping(steady_time now) {
  auto ping_at = now + milliseconds{owner_.config().socketio.ping_interval_ms};
  owner_.timers().set(*this, kept_ ? ping_at : std::min(ping_at, connect_by_));
}

void connection::on_deadline(steady_time now) {
  if (state_ == state::closing)
    return end(close_reason::transport_close);
  if (awaits_pong_)
    return close(close_reason::ping_timeout);
  if (!kept_ && now >= connect_by_)
    return close(close_reason::forced_close);
  awaits_pong_ = true;
  push(owner_.log().frame(websocket::opcode::text, "2"));
  owner_.timers().set(*this, now + milliseconds{owner_.config().socketio.ping_timeout_ms});
}

// -- end ----------------------------------------------------------------------

void connection::close(close_reason why, websocket::close_code code) {
  if (state_ != state::open)
    return;
  state_ = state::closing;
  auto goodbye = websocket::close_frame(code);
  push(owner_.log().frame(websocket::opcode::close, std::string_view{goodbye}.substr(2)));
  outbox_.seal();
  owner_.timers().set(*this, std::chrono::steady_clock::now() + milliseconds{owner_.config().network.close_timeout_ms});
  tell_closed(why);
  await_input();
}

void connection::end(close_reason why) {
  if (state_ == state::ended)
    return;
  auto was_open = state_ == state::open;
  state_ = state::ended;
  reader_.stop();
  owner_.timers().cancel(*this);
  owner_.leave(*this);
  auto ignored = boost::system::error_code{};
  socket_.close(ignored);
  if (was_open)
    tell_closed(why);
  caf::anon_send_exit(ctrl(), caf::exit_reason::user_shutdown);
}

void connection::tell_closed(close_reason why) {
  if (handler_)
    handler_->on_close(why);
}

void open_connection(network& owner, boost::asio::ip::tcp::socket socket, std::shared_ptr<const http_request> handshake, std::string early) {
  auto hello = engineio::open_packet({
    .sid = engineio::make_sid(),
    .may_upgrade = false,
    .ping_interval = milliseconds{owner.config().socketio.ping_interval_ms},
    .ping_timeout = milliseconds{owner.config().socketio.ping_timeout_ms},
    .payload_bytes_max = owner.config().socketio.max_payload_bytes,
  });
  auto actor = owner.system().spawn<connection>(std::ref(owner.io()), std::ref(owner), std::move(socket), std::move(handshake));
  static_cast<connection*>(caf::actor_cast<caf::strong_actor_ptr>(actor)->get())->open(hello, std::move(early));
}

} // namespace stentor
