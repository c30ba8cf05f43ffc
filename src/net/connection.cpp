#include "net/connection.hpp"

#include "net/network.hpp"
#include "protocol/engineio.hpp"
#include "protocol/engineio_payload.hpp"

#include <caf/send.hpp>

namespace stentor {

using boost::asio::ip::tcp;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

/// How long a client that polls may take to fetch its goodbye.
constexpr auto polling_close_timeout = milliseconds{30'000};

/// A WebSocket on trial beside the polls.
struct connection::upgrade final : timer_wheel::client {
  upgrade(connection& session, std::shared_ptr<websocket_link> candidate) : session(session), link(std::move(candidate)) {}
  ~upgrade() override {
    if (link)
      link->end();
  }
  void on_deadline(steady_time) override { session.upgrade_.reset(); }

  connection& session;
  std::shared_ptr<websocket_link> link;
  bool probed = false;
};

connection::connection(caf::actor_config& cfg, boost::asio::io_context& io, network& owner, std::shared_ptr<const http_request> handshake)
  : asio_hosted(cfg, io), owner_(owner), handshake_(std::move(handshake)), sid_(engineio::make_sid()),
    outbox_(owner.config().network.outbox_bytes_max) {
  sid_[0] = network::sid_letter(owner.index());
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

// -- hello --------------------------------------------------------------------

void connection::open(tcp::socket socket, std::string early) {
  link_ = link_over(std::move(socket));
  auto link = link_;
  start(open_packet());
  link->start(std::move(early));
}

void connection::open(const http_reply& reply) {
  poll_ = reply;
  start(open_packet());
}

std::shared_ptr<websocket_link> connection::link_over(tcp::socket socket) {
  return std::make_shared<websocket_link>(owner_, std::move(socket), static_cast<websocket_link::owner&>(*this));
}

std::string connection::open_packet() const {
  const auto& rules = owner_.config().socketio;
  return engineio::open_packet({
    .sid = sid_,
    .may_upgrade = !link_,
    .ping_interval = milliseconds{rules.ping_interval_ms},
    .ping_timeout = milliseconds{rules.ping_timeout_ms},
    .payload_bytes_max = rules.max_payload_bytes,
  });
}

void connection::start(std::string_view hello) {
  auto now = steady_clock::now();
  connect_by_ = now + milliseconds{owner_.config().socketio.connect_timeout_ms};
  push(owner_.log().frame(websocket::opcode::text, hello));
  handler_ = owner_.top().on_open(*this);
  expect_ping(now);
}

// -- in -----------------------------------------------------------------------

void connection::resume_reading() {
  paused_ = false;
  if (link_)
    link_->read();
  answer_post();
}

/// While it closes, the peer's goodbye is all that is waited for; a draining server takes in nothing new.
bool connection::takes_input(const websocket_link&) const {
  return state_ == state::closing || (state_ == state::open && !paused_ && !owner_.draining());
}

void connection::on_packet(std::string_view text) {
  if (state_ != state::open)
    return;
  auto packet = engineio::decode(text);
  if (!packet)
    return close(close_reason::parse_error);
  switch (packet->type) {
    case engineio::packet_type::message: return handler_->on_message(packet->data);
    case engineio::packet_type::pong: awaits_pong_ = false; return expect_ping(steady_clock::now());
    case engineio::packet_type::ping: return close(close_reason::transport_error);
    case engineio::packet_type::close: answer_poll("6"); return end(close_reason::transport_close);
    case engineio::packet_type::open:
    case engineio::packet_type::upgrade:
    case engineio::packet_type::noop: return;
  }
}

void connection::on_frame_text(websocket_link& from, std::string_view payload) {
  if (&from == link_.get())
    on_packet(payload);
  else
    on_probe(payload);
}

void connection::on_frame_binary(websocket_link& from, std::string_view payload) {
  if (&from == link_.get() && state_ == state::open)
    handler_->on_binary(payload);
}

void connection::on_frame_ping(websocket_link& from, std::string_view payload) {
  if (&from == link_.get())
    push(owner_.log().frame(websocket::opcode::pong, payload));
}

void connection::on_frame_close(websocket_link& from, websocket::close_code answer, bool by_peer) {
  if (&from != link_.get())
    return upgrade_.reset();
  peer_closed_ = by_peer;
  if (state_ == state::open)
    close(by_peer ? close_reason::transport_close : close_reason::parse_error, answer);
  else if (outbox_.empty())
    end(close_reason::transport_close);
}

void connection::on_lost(websocket_link& from, bool error) {
  if (&from == link_.get())
    end(error ? close_reason::transport_error : close_reason::transport_close);
  else
    upgrade_.reset();
}

void connection::take_post(const http_request& request, const http_reply& reply) {
  if (request.headers.get("content-type").starts_with("application/octet-stream")) {
    reply({.status = 400, .body = {}, .headers = {}});
    return end(close_reason::transport_error);
  }
  post_ = reply;
  auto packets = engineio::split_payload(request.body);
  if (!packets)
    close(close_reason::parse_error);
  else
    for (const auto& packet : *packets)
      if (!packet.is_binary)
        on_packet(packet.text);
      else if (state_ == state::open)
        handler_->on_binary(packet.binary);
  if (!paused_ || state_ != state::open)
    answer_post();
}

void connection::answer_post() {
  if (auto reply = std::exchange(post_, nullptr))
    reply({.status = 200, .body = "ok", .content_type = "text/html", .headers = {{"cache-control", "no-store"}}});
}

// -- polls and their upgrade --------------------------------------------------

void connection::poll(http_reply reply) {
  if (poll_) {
    answer_poll("1");
    reply({.status = 400, .body = {}, .headers = {}});
    return end(close_reason::transport_error);
  }
  poll_ = std::move(reply);
  if (!outbox_.empty())
    mark_dirty();
  else if (upgrade_ && upgrade_->probed)
    answer_poll("6");
}

void connection::abort_poll() {
  if (std::exchange(poll_, nullptr))
    end(close_reason::transport_close);
}

void connection::answer_poll(std::string payload) {
  if (auto reply = std::exchange(poll_, nullptr))
    reply(
      {.status = 200, .body = std::move(payload), .content_type = "text/plain; charset=UTF-8", .headers = {{"cache-control", "no-store"}}});
}

void connection::probe(tcp::socket socket, std::string early) {
  auto candidate = link_over(std::move(socket));
  if (link_ || upgrade_ || state_ != state::open)
    return candidate->end();
  upgrade_ = std::make_unique<upgrade>(*this, candidate);
  owner_.timers().set(*upgrade_, steady_clock::now() + milliseconds{owner_.config().socketio.upgrade_timeout_ms});
  candidate->start(std::move(early));
}

/// `2probe` is answered; a poll that waits is let go at once, so that the client can pause and say `5`.
void connection::on_probe(std::string_view payload) {
  if (payload == "5" && upgrade_->probed)
    return switch_to_websocket();
  if (payload != "2probe")
    return upgrade_.reset();
  upgrade_->probed = true;
  upgrade_->link->write(websocket::header(websocket::opcode::text, 6) + "3probe");
  if (outbox_.empty())
    answer_poll("6");
}

void connection::switch_to_websocket() {
  answer_poll("6");
  link_ = std::move(upgrade_->link);
  upgrade_.reset();
  if (!outbox_.empty())
    mark_dirty();
}

// -- out ----------------------------------------------------------------------

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

void connection::on_writable(websocket_link&) {
  mark_dirty();
}

void connection::flush() {
  dirty_at_.reset();
  if (state_ == state::ended)
    return;
  if (link_)
    flush_websocket();
  else
    flush_polling();
}

void connection::flush_websocket() {
  auto size = link_->write(outbox_.unsent(owner_.log()));
  if (state_ == state::ended)
    return;
  if (!outbox_.sent(size, owner_.log()))
    end(close_reason::transport_close);
  else if (outbox_.empty() && outbox_.sealed() && peer_closed_)
    end(close_reason::transport_close);
}

void connection::flush_polling() {
  auto bytes = outbox_.unsent(owner_.log());
  auto size = poll_ ? bytes.size() : 0;
  if (size > 0)
    answer_poll(engineio::payload_of_frames(bytes));
  if (!outbox_.sent(size, owner_.log()))
    end(close_reason::transport_close);
  else if (size > 0 && outbox_.sealed())
    end(close_reason::transport_close);
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

/// Over a WebSocket the goodbye is a close frame; a client that polls fetches a `1`, unless it is the one at fault.
void connection::close(close_reason why, websocket::close_code code) {
  if (state_ != state::open)
    return;
  state_ = state::closing;
  upgrade_.reset();
  auto wait = milliseconds{owner_.config().network.close_timeout_ms};
  if (link_)
    push(owner_.log().frame(websocket::opcode::close, std::string_view{websocket::close_frame(code)}.substr(2)));
  else {
    push(owner_.log().frame(websocket::opcode::text, "1"));
    wait = polling_close_timeout;
  }
  outbox_.seal();
  owner_.timers().set(*this, steady_clock::now() + wait);
  tell_closed(why);
  answer_post();
  if (link_)
    link_->read();
  else if (!poll_ && why != close_reason::forced_close && why != close_reason::shutting_down)
    end(why);
}

void connection::end(close_reason why) {
  if (state_ == state::ended)
    return;
  auto alive = caf::strong_actor_ptr{ctrl()};
  auto was_open = state_ == state::open;
  state_ = state::ended;
  upgrade_.reset();
  owner_.timers().cancel(*this);
  owner_.leave(*this);
  if (link_)
    link_->end();
  if (was_open)
    tell_closed(why);
  answer_poll("1");
  answer_post();
  caf::anon_send_exit(ctrl(), caf::exit_reason::user_shutdown);
}

void connection::tell_closed(close_reason why) {
  if (handler_)
    handler_->on_close(why);
}

connection& make_connection(network& owner, http_request handshake) {
  handshake.body.clear();
  auto actor =
    owner.system().spawn<connection>(std::ref(owner.io()), std::ref(owner), std::make_shared<const http_request>(std::move(handshake)));
  return *static_cast<connection*>(caf::actor_cast<caf::strong_actor_ptr>(actor)->get());
}

} // namespace stentor
