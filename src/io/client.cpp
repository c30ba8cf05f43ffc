#include "io/client.hpp"

#include "io/server.hpp"
#include "net/connection.hpp"
#include "protocol/socketio.hpp"

#include <algorithm>

namespace stentor::io {

void client::on_message(std::string_view text) {
  auto packet = socketio::decode(text, server_.limits());
  if (!packet)
    return link_.close(close_reason::parse_error);
  if (packet->type == socketio::packet_type::connect)
    return on_connect(std::move(packet->nsp), packet->data);
  auto to = find(packet->nsp); // held: its handler may take it out of the namespace, or close the connection
  if (!to || !to->connected())
    return link_.close(close_reason::forced_close);
  switch (packet->type) {
    case socketio::packet_type::event: {
      const auto& args = packet->data;
      if (args.is_array() && args[0].is_string())
        to->on_event(args[0].get_ref<const std::string&>(), std::span{args.get_ref<const json::array_t&>()}.subspan(1), packet->id);
      return;
    }
    case socketio::packet_type::disconnect: to->on_gone("client namespace disconnect"); return forget(*to);
    case socketio::packet_type::ack: return; // of none that was asked for
    default: return link_.close(close_reason::parse_error);
  }
}

void client::on_binary(std::string_view) {
  link_.close(close_reason::parse_error);
}

void client::on_connect(std::string nsp, const json& auth) {
  if (find(nsp))
    return link_.close(close_reason::forced_close);
  auto* handler = server_.find(nsp);
  if (!handler)
    return link_.send(socketio::connect_error_packet(nsp, "Invalid namespace"));
  auto guest = std::make_shared<socket>(server_, link_, std::move(nsp));
  sockets_.push_back(guest);
  handler->on_connect(guest, auth);
}

void client::on_close(close_reason why) {
  for (const auto& gone : std::exchange(sockets_, {}))
    gone->on_gone(text(why));
}

void client::forget(const socket& gone) {
  std::erase_if(sockets_, [&](const auto& x) { return x.get() == &gone; });
}

std::shared_ptr<socket> client::find(const std::string& nsp) const {
  auto at = std::ranges::find(sockets_, nsp, &socket::nsp);
  return at == sockets_.end() ? nullptr : *at;
}

} // namespace stentor::io
