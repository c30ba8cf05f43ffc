#include "io/client.hpp"

#include "io/server.hpp"
#include "net/connection.hpp"
#include "net/failures.hpp"
#include "net/network.hpp"
#include "protocol/engineio.hpp"
#include "protocol/socketio_wire.hpp"

#include <algorithm>

namespace stentor::io {
namespace {

constexpr size_t query_values_max = 64;
/// Of one connection, so that nobody has the server make them without end.
constexpr size_t namespaces_max = 64;

/// A query string as the payload of a CONNECT.
json query_object(std::string_view query) {
  auto all = json::object();
  for (const auto& [name, value] : query_values(query))
    if (all.size() < query_values_max)
      all[name] = value;
  return all;
}

/// Of a v2 client's socket it is made of its connection's; else it is a secret of its own.
std::string socket_id(connection& link, const std::string& name) {
  if (link.revision() == engineio::revision::v4)
    return engineio::make_sid();
  return name == "/" ? link.sid() : name + '#' + link.sid();
}

std::string text_of(const json& object, const char* key) {
  auto found = object.is_object() ? object.find(key) : object.end();
  return object.is_object() && found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

std::shared_ptr<socket> who_it_was(server& owner, const json& auth) {
  auto pid = text_of(auth, "pid");
  return pid.empty() ? nullptr : owner.recovery().find(pid);
}

} // namespace

client::client(server& owner, connection& link)
  : server_(owner), link_(link), decoder_(owner.limits(), owner.below().config().socketio.max_payload_bytes) {
}

void client::on_message(std::string_view text) {
  message_ = {text, engineio::binary_form::base64};
  on_decoded(decoder_.on_text(text));
}

void client::on_binary(std::string_view bytes) {
  message_ = {bytes, engineio::binary_form::bytes};
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
    link_.close(close_reason::bad_packet);
}

void client::on_decoded(socketio::decoder::outcome got) {
  if (decoder_.awaits_attachments())
    expect_attachment(std::chrono::steady_clock::now());
  else
    server_.below().timers().cancel(*this);
  if (!got)
    link_.close(close_reason::bad_packet);
  else if (*got)
    on_packet(**std::move(got));
}

/// A v2 client is in `/` without asking, and says what it wants to be known by behind the namespace's name.
void client::on_open() {
  if (link_.revision() == engineio::revision::v3)
    on_connect("/", query_object(link_.handshake().query));
}

void client::on_packet(socketio::packet packet) {
  auto auth = std::optional<json>{};
  if (link_.revision() == engineio::revision::v3)
    if (auto query = packet.nsp.find('?'); query != packet.nsp.npos) {
      auth = query_object(std::string_view{packet.nsp}.substr(query + 1));
      packet.nsp.resize(query);
    }
  if (packet.type == socketio::packet_type::connect)
    return on_connect(packet.nsp, auth ? *auth : packet.data);
  auto to = find(packet.nsp); // held: its handler may take it out of the namespace, or close the connection
  if (!to || !to->connected())
    return link_.close(close_reason::forced_close);
  auto args = packet.data.is_array() ? std::span<const json>{packet.data.get_ref<const json::array_t&>()} : std::span<const json>{};
  switch (packet.type) {
    case socketio::packet_type::event:
    case socketio::packet_type::binary_event:
      if (!args.empty())
        to->on_event(args[0], args.subspan(1), packet.id);
      return;
    case socketio::packet_type::ack:
    case socketio::packet_type::binary_ack:
      if (packet.id)
        to->on_ack(*packet.id, args);
      return;
    case socketio::packet_type::disconnect: to->on_gone("client namespace disconnect"); return forget(*to);
    default: return link_.close(close_reason::bad_packet);
  }
}

socketio::wire_format client::wire() const {
  return {decoder_.how(), link_.revision()};
}

void client::on_connect(const std::string& name, const json& auth) {
  if (find(name))
    return link_.close(close_reason::forced_close);
  if (auto* there = where_it_was(auth); there && sockets_.empty())
    return link_.move_to(*there, std::string{message_.bytes}, message_.form);
  auto say_no = [&](std::string_view why) { link_.send(socketio::encode_connect_error({wire().how, engineio::revision::v4}, name, why)); };
  if (sockets_.size() == namespaces_max)
    return say_no("Too many namespaces");
  auto place = server_.find_or_make(name, auth);
  if (!place)
    return say_no("Invalid namespace");
  auto guest = std::make_shared<socket>(place, link_, wire(), socket_id(link_, name));
  if (auto lost = who_it_was(server_, auth); lost && &lost->place() == place.get() && lost->wire() == wire())
    guest->claim_to_be(lost, text_of(auth, "offset"));
  sockets_.push_back(guest);
  place->handler().on_connect(guest, auth);
}

/// Another network thread, if its client was there. A connection with other sockets on it stays; so does one that has moved before, whose
/// requests are sent on once.
network* client::where_it_was(const json& auth) const {
  if (!server_.recovery().is_open() || link_.revision() == engineio::revision::v3)
    return nullptr;
  auto& here = server_.below();
  auto* there = here.owner_of(text_of(auth, "pid"));
  return there == &here || here.owner_of(link_.sid()) != &here ? nullptr : there;
}

void client::on_close(close_reason why) {
  server_.below().timers().cancel(*this);
  for (const auto& gone : std::exchange(sockets_, {}))
    try {
      gone->on_link_closed(why);
    } catch (...) {
      report_exception("socket " + gone->id());
    }
}

void client::disconnect_all() {
  for (const auto& one : std::vector(sockets_))
    if (one->connected())
      one->disconnect();
}

void client::forget(const socket& gone) {
  std::erase_if(sockets_, [&](const auto& x) { return x.get() == &gone; });
}

std::shared_ptr<socket> client::find(const std::string& name) const {
  auto at = std::ranges::find(sockets_, name, [](const auto& x) -> const std::string& { return x->place().name(); });
  return at == sockets_.end() ? nullptr : *at;
}

} // namespace stentor::io
