#include "io/socket.hpp"

#include "base/metrics.hpp"
#include "io/client.hpp"
#include "io/server.hpp"
#include "net/connection.hpp"

#include <algorithm>

namespace stentor::io {
namespace {

/// Of an acknowledgement: what is longer is for ever, and no sum overflows.
constexpr auto await_max = std::chrono::milliseconds{std::chrono::years{100}};

const auto joined = metrics::series{metrics::metric::sockets};

} // namespace

/// An acknowledgement that the client owes.
struct socket::awaited final : timer_wheel::client {
  awaited(socket& whose, uint64_t id, on_answer then) : whose(whose), id(id), then(std::move(then)) {}
  void on_deadline(steady_time) override { whose.settle(id, failure{errc::unavailable, "operation has timed out"}); }

  socket& whose;
  uint64_t id;
  on_answer then;
};

/// What a socket needs in order to come back.
struct socket::recovery final : timer_wheel::client {
  recovery(std::string pid, uint64_t start) : pid(std::move(pid)), told(start) {}
  /// It has not come back in time.
  void on_deadline(steady_time) override { lost->on_gone(text(why)); }

  std::string pid;
  told_ranges told;
  socket* lost = nullptr;
  close_reason why = close_reason::transport_close;
};

/// Whom a client says it was, and what it has seen.
struct socket::claim {
  std::weak_ptr<socket> who;
  std::string offset;
};

socket::socket(std::shared_ptr<nsp> place, connection& link, socketio::wire_format wire, std::string id)
  : place_(std::move(place)), link_(&link), origin_(link.id()), wire_(wire), id_(std::move(id)) {
}

socket::~socket() = default;

bool socket::writable() const {
  return link_ && link_->writable();
}

bool socket::takes(lane how) const {
  return how == lane::kept || (link_ && (how == lane::hint ? !link_->is_slow() : link_->writable()));
}

// -- the answer to a CONNECT --------------------------------------------------

void socket::greet() {
  joined.add();
  claim_ = nullptr;
  place_->enter(*this);
  link_->keep();
  send(socketio::encode_connect(wire_, place_->name(), id_, recovery_ ? std::string_view{recovery_->pid} : std::string_view{}));
}

void socket::accept(std::unique_ptr<socket_handler> handler) {
  handler_ = std::move(handler);
  auto& owner = place_->owner();
  if (owner.recovery().is_open() && wire_.revision == engineio::revision::v4)
    recovery_ = std::make_unique<recovery>(owner.recovery().enter(shared_from_this()), owner.recovery().log().next());
  greet();
}

void socket::refuse(std::string_view message, const json& data) {
  send(socketio::encode_connect_error(wire_, place_->name(), message, data));
  place_->owner().forget(*this);
}

void socket::claim_to_be(const std::shared_ptr<socket>& lost, std::string offset) {
  claim_ = std::make_unique<claim>(claim{lost, std::move(offset)});
}

/// An offset that is no part of this socket's history is an older one's, which clients keep: then nothing has arrived yet. Who has said
/// goodbye without ever having heard anything comes as somebody new.
std::optional<std::vector<logged_range>> socket::missed_since(const claim& what, const socket& before) {
  if (what.offset.empty() && before.recovery_->why == close_reason::goodbye)
    return std::nullopt;
  auto& book = before.place_->owner().recovery();
  auto& told = before.recovery_->told;
  auto start = told.start();
  auto missed = told.from(std::max(book.log().number_of(what.offset).value_or(start), start));
  return missed && book.can_replay(*missed) ? missed : std::nullopt;
}

std::shared_ptr<socket> socket::lost() const {
  auto found = claim_ ? claim_->who.lock() : nullptr;
  return found && !found->gone_ && found->handler_ && missed_since(*claim_, *found) ? found : nullptr;
}

bool socket::recover(std::unique_ptr<socket_handler> handler) {
  auto before = lost();
  if (!before)
    return false;
  if (before->link_) // half-open: its client would not be here otherwise
    before->link_->end(close_reason::transport_close);
  auto missed = missed_since(*claim_, *before);
  if (before->gone_ || !missed)
    return false;

  auto& book = place_->owner().recovery();
  place_->leave(*before);
  id_ = before->id_;
  origin_ = before->origin_;
  for (const auto& [room, variant] : std::exchange(before->rooms_, {})) {
    place_->rooms().leave(room, before->heard_as(variant), *before);
    place_->rooms().enter(room, before->heard_as(variant), *this);
    rooms_.emplace_back(room, variant);
  }
  recovery_ = std::move(before->recovery_);
  place_->owner().below().timers().cancel(*recovery_);
  book.pass(recovery_->pid, shared_from_this());
  auto same = !handler;
  handler_ = same ? std::move(before->handler_) : std::move(handler);
  before->gone_ = true;
  book.release(*before);

  greet();
  for (auto range : *missed)
    for (auto n = range.first; n < range.last; ++n)
      send(book.log()[n]);
  if (same)
    handler_->on_recovered(*this);
  return true;
}

// -- out ----------------------------------------------------------------------

void socket::send(const encoded_packet& packet, compression compress) {
  link_->send(packet, compress);
}

void socket::hear(const heard& what, compression compress) {
  if (link_)
    link_->push(what.frames, compress);
  if (recovery_ && what.logged)
    recovery_->told.add(*what.logged);
}

void socket::emit(std::string_view event, std::span<const json> args, lane how, compression compress) {
  if (gone_ || !takes(how))
    return;
  hear(place_->owner().encode(heard_as(0), place_->name(), {std::string{event}, {args.begin(), args.end()}}, how), compress);
}

void socket::acknowledge(uint64_t ack, std::span<const json> args) {
  if (link_ && !gone_)
    send(socketio::encode_ack(wire_, place_->name(), ack, args));
}

void socket::emit_with_ack(std::string_view event, std::span<const json> args, std::chrono::milliseconds timeout, on_answer then,
                           compression compress) {
  if (!connected())
    return then(failure{errc::unavailable, "socket has been disconnected"});
  auto id = place_->next_ack();
  await_ack(id, timeout, std::move(then));
  send(socketio::encode_event(wire_, place_->name(), event, args, id), compress);
}

void socket::await_ack(uint64_t id, std::chrono::milliseconds timeout, on_answer then) {
  auto& waiting = *awaited_.emplace(id, std::make_unique<awaited>(*this, id, std::move(then))).first->second;
  auto wait = std::clamp(timeout, std::chrono::milliseconds{0}, await_max);
  place_->owner().below().timers().set(waiting, std::chrono::steady_clock::now() + wait);
}

void socket::on_ack(uint64_t ack, std::span<const json> args) {
  settle(ack, args);
}

/// An id that nobody waits for, or no longer, is nobody's business.
void socket::settle(uint64_t ack, const result<std::span<const json>>& answer) {
  auto alive = shared_from_this();
  if (auto waiting = awaited_.extract(ack))
    waiting.mapped()->then(answer);
}

void socket::settle_all() {
  while (!awaited_.empty())
    settle(awaited_.begin()->first, failure{errc::unavailable, "socket has been disconnected"});
}

void socket::pause() {
  if (link_ && !gone_ && !std::exchange(paused_, true))
    link_->pause_reading();
}

void socket::resume() {
  if (std::exchange(paused_, false) && link_)
    link_->resume_reading();
}

// -- rooms --------------------------------------------------------------------

void socket::enter(const room_key& room, variant_id variant) {
  auto entry = std::pair{room, variant};
  if (gone_ || !handler_ || std::ranges::find(rooms_, entry) != rooms_.end())
    return;
  rooms_.push_back(std::move(entry));
  place_->rooms().enter(room, heard_as(variant), *this);
}

void socket::leave(const room_key& room, variant_id variant) {
  if (std::erase(rooms_, std::pair{room, variant}) > 0)
    place_->rooms().leave(room, heard_as(variant), *this);
}

void socket::leave_all(const room_key& room) {
  std::erase_if(rooms_, [&](const auto& entry) {
    if (entry.first != room)
      return false;
    place_->rooms().leave(room, heard_as(entry.second), *this);
    return true;
  });
}

std::vector<room_key> socket::rooms() const {
  std::vector<room_key> all;
  for (const auto& [room, variant] : rooms_)
    if (std::ranges::find(all, room) == all.end())
      all.push_back(room);
  return all;
}

// -- end ----------------------------------------------------------------------

void socket::disconnect() {
  auto alive = shared_from_this();
  if (link_ && !gone_)
    send(socketio::encode_disconnect(wire_, place_->name()));
  on_gone("server namespace disconnect");
  if (link_)
    place_->owner().forget(*this);
}

/// A client that makes no sense, or a server that ends, are not waited for.
void socket::on_link_closed(close_reason why) {
  auto alive = shared_from_this();
  auto returns =
    recovery_ && !gone_ && why != close_reason::parse_error && why != close_reason::bad_packet && why != close_reason::shutting_down;
  if (!returns || !place_->owner().recovery().hold(alive)) {
    on_gone(text(why));
    link_ = nullptr;
    return;
  }
  link_ = nullptr;
  recovery_->lost = this;
  recovery_->why = why;
  auto& below = place_->owner().below();
  below.timers().set(*recovery_,
                     std::chrono::steady_clock::now() + std::chrono::milliseconds{below.config().recovery.max_disconnection_ms});
  joined.add(-1);
  settle_all();
  handler_->on_lost(text(why));
}

void socket::on_gone(std::string_view reason) {
  if (std::exchange(gone_, true))
    return;
  auto alive = shared_from_this();
  auto& owner = place_->owner();
  place_->leave(*this);
  for (const auto& [room, variant] : std::exchange(rooms_, {}))
    place_->rooms().leave(room, heard_as(variant), *this);
  if (recovery_) {
    owner.below().timers().cancel(*recovery_);
    owner.recovery().leave(recovery_->pid);
    owner.recovery().release(*this);
  }
  resume();
  settle_all();
  if (!handler_)
    return;
  if (link_)
    joined.add(-1);
  handler_->on_disconnect(reason);
}

} // namespace stentor::io
