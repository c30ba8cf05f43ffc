#include "io/socket.hpp"

#include "io/client.hpp"
#include "io/server.hpp"
#include "net/connection.hpp"
#include "protocol/engineio.hpp"
#include "protocol/socketio.hpp"

#include <algorithm>

namespace stentor::io {

socket::socket(server& owner, connection& link, std::string nsp)
  : server_(owner), link_(link), nsp_(std::move(nsp)), id_(engineio::make_sid()) {
}

socket::~socket() = default;

void socket::accept(std::unique_ptr<socket_handler> handler) {
  handler_ = std::move(handler);
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
  for (const auto& [room, variant] : std::exchange(rooms_, {}))
    server_.rooms().leave(room, variant, *this);
  if (handler_)
    handler_->on_disconnect(reason);
}

} // namespace stentor::io
