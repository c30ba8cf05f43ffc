#include "net/connection.hpp"

#include "base/log.hpp"
#include "net/connection_metrics.hpp"
#include "net/connection_upgrade.hpp"
#include "net/failures.hpp"
#include "net/http_answer.hpp"
#include "net/network.hpp"

#include <caf/send.hpp>

#include <algorithm>

namespace stentor {

using boost::asio::ip::tcp;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

/// How long a client that polls may take to fetch its goodbye.
constexpr auto polling_close_timeout = milliseconds{30'000};

connection::connection(caf::actor_config& cfg, boost::asio::io_context& io, network& owner, std::shared_ptr<const http_request> handshake,
                       std::string sid)
  : asio_hosted(cfg, io), owner_(owner), handshake_(std::move(handshake)), sid_(std::move(sid)),
    outbox_(owner.config().network.outbox_bytes_max), heard_at_(steady_clock::now()),
    revision_(engineio::revision_of(query_value(handshake_->query, "EIO"))),
    takes_(!jsonp_index().empty() ? engineio::binary_form::base64 : engineio::binary_form_of(query_value(handshake_->query, "b64"))) {
  id_ = owner_.enter(*this);
}

connection::~connection() = default;

connection::behavior_type connection::make_behavior() {
  return {[this](const drain&) { close(close_reason::shutting_down); }};
}

void connection::on_exit() {
  if (ctrl()->strong_refs > 0)
    end(close_reason::shutting_down);
  else if (link_) // its network is going, and has let go of it already
    link_->end();
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
    .may_upgrade = !link_ && rules.allow_upgrades && std::ranges::count(rules.transports, "websocket") > 0,
    .ping_interval = milliseconds{rules.ping_interval_ms},
    .ping_timeout = milliseconds{rules.ping_timeout_ms},
    .payload_bytes_max = rules.max_payload_bytes,
  });
}

void connection::start(std::string_view hello) {
  auto now = steady_clock::now();
  connect_by_ = now + milliseconds{owner_.config().socketio.connect_timeout_ms};
  count_opened(over());
  log::logger().debug("connection {} opened over {} from {}", name_of(id_), text(over()), handshake_->address);
  push(owner_.log().frame(websocket::opcode::text, hello));
  try {
    handler_ = owner_.top().on_open(*this);
    handler_->on_open();
  } catch (...) {
    fail();
  }
  if (state_ == state::open)
    expect_ping(now);
}

// -- in -----------------------------------------------------------------------

/// While it closes, the peer's goodbye is all that is waited for; a draining server takes in nothing new.
bool connection::takes_input(const websocket_link&) const {
  return state_ == state::closing || (state_ == state::open && !paused() && !owner_.draining());
}

/// In revision 3, any packet shows that the client lives.
void connection::heard() {
  if (revision_ == engineio::revision::v3)
    heard_at_ = steady_clock::now();
}

/// A binary message from a client that can send text only.
void connection::on_base64(std::string_view packet) {
  if (auto bytes = engineio::decode_base64(packet, revision_))
    handler_->on_binary(*bytes);
  else
    close(close_reason::parse_error);
}

void connection::on_packet(std::string_view text) {
  if (state_ != state::open)
    return;
  heard();
  if (text.starts_with('b'))
    return on_base64(text);
  auto packet = engineio::decode(text);
  if (!packet)
    return close(close_reason::parse_error);
  switch (packet->type) {
    case engineio::packet_type::message: return handler_->on_message(packet->data);
    case engineio::packet_type::pong: return on_pong();
    case engineio::packet_type::ping: return on_ping();
    case engineio::packet_type::close: answer_poll("6"); return end(close_reason::goodbye);
    case engineio::packet_type::open:
    case engineio::packet_type::upgrade:
    case engineio::packet_type::noop: return;
  }
}

/// Pings are the server's since revision 4. The reference answers without the ping's data, even to a probe that comes too late.
void connection::on_ping() {
  if (revision_ == engineio::revision::v4)
    return close(close_reason::transport_error);
  push(owner_.log().frame(websocket::opcode::text, "3"));
}

void connection::on_pong() {
  if (revision_ == engineio::revision::v3)
    return close(close_reason::transport_error);
  awaits_pong_ = false;
  expect_ping(steady_clock::now());
}

void connection::on_frame_text(websocket_link& from, std::string_view payload) {
  if (&from == link_.get())
    on_packet(payload);
  else
    on_probe(payload);
}

void connection::on_frame_binary(websocket_link& from, std::string_view payload) {
  if (&from != link_.get() || state_ != state::open)
    return;
  heard();
  if (revision_ == engineio::revision::v4)
    return handler_->on_binary(payload);
  if (!payload.starts_with(engineio::message_byte))
    return close(close_reason::parse_error);
  handler_->on_binary(payload.substr(1));
}

void connection::on_frame_ping(websocket_link& from, std::string_view payload) {
  if (&from == link_.get())
    push(owner_.log().frame(websocket::opcode::pong, payload));
}

void connection::on_frame_close(websocket_link& from, websocket::close_code answer, bool by_peer) {
  if (&from != link_.get())
    return upgrade_.reset();
  peer_closed_ = true; // of a stream that cannot be read any more, no goodbye is awaited
  if (state_ == state::open)
    close(by_peer ? close_reason::goodbye : close_reason::transport_error, answer);
  else if (outbox_.empty())
    end(close_reason::transport_close);
}

void connection::on_lost(websocket_link& from, bool error) {
  if (&from == link_.get())
    end(error ? close_reason::transport_error : close_reason::transport_close);
  else
    upgrade_.reset();
}

// -- out ----------------------------------------------------------------------

void connection::send(std::string_view packet) {
  if (!outbox_.sealed())
    push(owner_.log().message(packet));
}

void connection::send(const encoded_packet& packet, compression compress) {
  if (!outbox_.sealed())
    push(owner_.log().message(packet, revision_), compress);
}

void connection::push(frame_range frames, compression compress) {
  outbox_.push(takes_ == engineio::binary_form::bytes ? frames : owner_.log().as_base64(frames, revision_));
  compressible_ = compressible_ || compress == compression::on;
  mark_dirty();
}

bool connection::writable() const {
  if (!link_)
    return poll_ && outbox_.empty();
  return outbox_.backlog_bytes() == 0 && outbox_.pending_bytes(owner_.log()) < owner_.config().network.socket_buffer_bytes;
}

bool connection::is_slow() const {
  return outbox_.backlog_bytes() > (link_ ? 0 : owner_.config().network.socket_buffer_bytes);
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
    drop();
  else if (outbox_.empty() && outbox_.sealed() && peer_closed_)
    end(close_reason::transport_close);
}

/// The client reads too slowly: what waits for it is over the budget.
void connection::drop() {
  count_slow();
  log::logger().debug("connection {} reads too slowly", name_of(id_));
  end(close_reason::transport_close);
}

// -- time ---------------------------------------------------------------------

/// In revision 3 it is the client's, which is given up when nothing has come for too long.
void connection::expect_ping(steady_time now) {
  auto next = revision_ == engineio::revision::v3 ? silence_ends() : now + milliseconds{owner_.config().socketio.ping_interval_ms};
  owner_.timers().set(*this, kept_ ? next : std::min(next, connect_by_));
}

steady_time connection::silence_ends() const {
  const auto& rules = owner_.config().socketio;
  return heard_at_ + milliseconds{rules.ping_interval_ms + rules.ping_timeout_ms};
}

bool connection::silent_for_too_long(steady_time now) const {
  return revision_ == engineio::revision::v3 ? now >= silence_ends() : awaits_pong_ && now >= deadline();
}

bool connection::end_if_overdue() {
  if (state_ != state::open || link_ || paused() || !silent_for_too_long(steady_clock::now()))
    return false;
  close(close_reason::ping_timeout);
  return true;
}

/// A client that is not read just now may have answered.
void connection::on_deadline(steady_time now) {
  if (state_ == state::closing)
    return end(close_reason::transport_close);
  if (silent_for_too_long(now) && paused())
    return owner_.timers().set(*this, now + milliseconds{owner_.config().socketio.ping_timeout_ms});
  if (silent_for_too_long(now))
    return close(close_reason::ping_timeout);
  if (!kept_ && now >= connect_by_)
    return close(close_reason::forced_close);
  if (revision_ == engineio::revision::v3)
    return expect_ping(now);
  awaits_pong_ = true;
  push(owner_.log().frame(websocket::opcode::text, "2"));
  auto asked_at = std::max(deadline(), now - timer_wheel::tick); // what the wheel rounds up is not added twice
  owner_.timers().set(*this, asked_at + milliseconds{owner_.config().socketio.ping_timeout_ms});
}

/// A client that polls would get a goodbye together with what was said before, and take no notice of that.
void connection::leave_soon() {
  kept_ = false;
  connect_by_ = steady_clock::now() + milliseconds{owner_.config().network.close_timeout_ms};
  if (state_ == state::open && !awaits_pong_)
    expect_ping(steady_clock::now());
}

// -- end ----------------------------------------------------------------------

/// Over a WebSocket the goodbye is a close frame; a client that polls fetches a `1`, unless it is the one at fault, or could not: a
/// server that shuts down answers the poll that waits, and takes no other.
void connection::close(close_reason why, websocket::close_code code) {
  if (state_ != state::open)
    return;
  state_ = state::closing;
  if (upgrade_ && !upgrade_->probed)
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
  else if (!poll_ && why != close_reason::forced_close && why != close_reason::bad_packet)
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
  count_ended(over());
  if (link_)
    link_->end();
  if (was_open)
    tell_closed(why);
  answer_poll("1");
  answer_post();
  caf::anon_send_exit(ctrl(), caf::exit_reason::user_shutdown);
}

void connection::fail() {
  report_exception("connection " + name_of(id_));
  for (auto* waiting : {&poll_, &post_})
    if (auto reply = std::exchange(*waiting, nullptr))
      reply(empty_answer(500));
  end(close_reason::transport_error);
}

void connection::tell_closed(close_reason why) {
  count_closed(why);
  log::logger().debug("connection {} closed: {}", name_of(id_), text(why));
  try {
    if (handler_)
      handler_->on_close(why);
  } catch (...) {
    report_exception("connection " + name_of(id_));
  }
}

connection& make_connection(network& owner, http_request handshake) {
  handshake.body.clear();
  auto sid = engineio::make_sid();
  sid[0] = network::sid_letter(owner.index());
  return make_connection(owner, std::make_shared<const http_request>(std::move(handshake)), std::move(sid));
}

connection& make_connection(network& owner, std::shared_ptr<const http_request> handshake, std::string sid) {
  auto actor = owner.system().spawn<connection>(std::ref(owner.io()), std::ref(owner), std::move(handshake), std::move(sid));
  return *static_cast<connection*>(caf::actor_cast<caf::strong_actor_ptr>(actor)->get());
}

} // namespace stentor
