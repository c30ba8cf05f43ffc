#include "io/client.hpp"

#include "io/server.hpp"
#include "net/connection.hpp"

#include <algorithm>

namespace stentor::io {

client::client(server& owner, connection& link)
  : server_(owner), link_(link), decoder_(owner.limits(), owner.below().config().socketio.max_payload_bytes) {
}

void client::on_message(std::string_view text) {
  on_decoded(decoder_.on_text(text));
}

void client::on_binary(std::string_view bytes) {
  on_decoded(decoder_.on_binary(bytes));
}

void client::expect_attachment(steady_time now) {
  server_.below().timers().set(*this, now + std::chrono::milliseconds{server_.below().config().socketio.attachments_timeout_ms});
}

/// A client that is not read just now is not to blame.
void client::on_deadline(steady_time now) {
  if (link_.paused())
    expect_attachment(now);
  else
    link_.close(close_reason::parse_error);
}

void client::on_decoded(socketio::decoder::outcome got) {
  if (decoder_.awaits_attachments())
    expect_attachment(std::chrono::steady_clock::now());
  else
    server_.below().timers().cancel(*this);
  if (!got)
    link_.close(close_reason::parse_error);
  else if (*got)
    on_packet(**std::move(got));
}

void client::on_packet(socketio::packet packet) {
  if (packet.type == socketio::packet_type::connect)
    return on_connect(std::move(packet.nsp), packet.data);
  auto to = find(packet.nsp); // held: its handler may take it out of the namespace, or close the connection
  if (!to || !to->connected())
    return link_.close(close_reason::forced_close);
  auto args = packet.data.is_array() ? std::span<const json>{packet.data.get_ref<const json::array_t&>()} : std::span<const json>{};
  switch (packet.type) {
    case socketio::packet_type::event:
    case socketio::packet_type::binary_event:
      if (!args.empty() && args[0].is_string())
        to->on_event(args[0].get_ref<const std::string&>(), args.subspan(1), packet.id);
      return;
    case socketio::packet_type::ack:
    case socketio::packet_type::binary_ack:
      if (packet.id)
        to->on_ack(*packet.id, args);
      return;
    case socketio::packet_type::disconnect: to->on_gone("client namespace disconnect"); return forget(*to);
    default: return link_.close(close_reason::parse_error);
  }
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
  server_.below().timers().cancel(*this);
  for (const auto& gone : std::exchange(sockets_, {}))
    gone->on_gone(text(why));
}

void client::disconnect_all() {
  for (const auto& one : std::vector(sockets_))
    if (one->connected())
      one->disconnect();
}

void client::forget(const socket& gone) {
  std::erase_if(sockets_, [&](const auto& x) { return x.get() == &gone; });
}

std::shared_ptr<socket> client::find(const std::string& nsp) const {
  auto at = std::ranges::find(sockets_, nsp, &socket::nsp);
  return at == sockets_.end() ? nullptr : *at;
}

} // namespace stentor::io
