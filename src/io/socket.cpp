#include "io/socket.hpp"

#include "base/metrics.hpp"
#include "io/client.hpp"
#include "io/server.hpp"
#include "net/connection.hpp"
#include "protocol/engineio.hpp"
#include "protocol/socketio_binary.hpp"

#include <algorithm>

namespace stentor::io {
namespace {

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

socket::socket(server& owner, connection& link, std::string nsp)
  : server_(owner), link_(link), nsp_(std::move(nsp)), id_(engineio::make_sid()) {
}

socket::~socket() = default;

void socket::accept(std::unique_ptr<socket_handler> handler) {
  handler_ = std::move(handler);
  joined.add();
  link_.keep();
  link_.send(socketio::connect_packet(nsp_, id_));
}

void socket::refuse(std::string_view message, const json& data) {
  link_.send(socketio::connect_error_packet(nsp_, message, data));
  server_.forget(*this);
}

void socket::emit(std::string_view event, std::string_view args) {
  link_.send(socketio::event_packet(nsp_, event, args));
}

void socket::acknowledge(uint64_t ack, std::string_view args) {
  link_.send(socketio::ack_packet(nsp_, ack, args));
}

void socket::emit(std::string_view event, std::span<const json> args) {
  link_.send(socketio::encode_event(nsp_, event, args));
}

void socket::acknowledge(uint64_t ack, std::span<const json> args) {
  link_.send(socketio::encode_ack(nsp_, ack, args));
}

void socket::emit_with_ack(std::string_view event, std::span<const json> args, std::chrono::milliseconds timeout, on_answer then) {
  auto id = server_.next_ack(nsp_);
  auto& waiting = *awaited_.emplace(id, std::make_unique<awaited>(*this, id, std::move(then))).first->second;
  server_.below().timers().set(waiting, std::chrono::steady_clock::now() + timeout);
  link_.send(socketio::encode_event(nsp_, event, args, id));
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

void socket::enter(const room_key& room, variant_id variant) {
  auto place = std::pair{room, variant};
  if (std::ranges::find(rooms_, place) != rooms_.end())
    return;
  rooms_.push_back(std::move(place));
  server_.rooms().enter(room, variant, *this);
}

void socket::leave(const room_key& room, variant_id variant) {
  if (std::erase(rooms_, std::pair{room, variant}) > 0)
    server_.rooms().leave(room, variant, *this);
}

void socket::leave_all(const room_key& room) {
  std::erase_if(rooms_, [&](const auto& place) {
    if (place.first != room)
      return false;
    server_.rooms().leave(room, place.second, *this);
    return true;
  });
}

void socket::disconnect() {
  link_.send(socketio::disconnect_packet(nsp_));
  on_gone("server namespace disconnect");
  server_.forget(*this);
}

void socket::on_gone(std::string_view reason) {
  if (std::exchange(gone_, true))
    return;
  while (!awaited_.empty())
    settle(awaited_.begin()->first, failure{errc::unavailable, "socket has been disconnected"});
  for (const auto& [room, variant] : std::exchange(rooms_, {}))
    server_.rooms().leave(room, variant, *this);
  if (!handler_)
    return;
  joined.add(-1);
  handler_->on_disconnect(reason);
}

} // namespace stentor::io
