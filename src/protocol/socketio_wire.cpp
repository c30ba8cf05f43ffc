#include "protocol/socketio_wire.hpp"

#include "protocol/socketio_msgpack.hpp"

namespace stentor::socketio {
namespace {

encoded_packet text(std::string packet) {
  return {std::move(packet), {}};
}

encoded_packet binary(std::string packet) {
  return {{}, {std::move(packet)}};
}

bool is_old(wire_format to) {
  return to.revision == engineio::revision::v3;
}

} // namespace

encoded_packet encode_connect(wire_format to, std::string_view nsp, std::string_view sid, std::string_view pid) {
  if (is_old(to))
    return text(plain_connect_packet(nsp));
  auto data = json{{"sid", sid}};
  if (!pid.empty())
    data["pid"] = pid;
  return to.how == parser::json ? text(connect_packet(nsp, data)) : binary(msgpack::connect_packet(nsp, data));
}

encoded_packet encode_connect_error(wire_format to, std::string_view nsp, std::string_view message, const json& data) {
  if (is_old(to))
    return text(plain_connect_error_packet(nsp, data.is_null() ? json(message) : data));
  if (to.how == parser::json)
    return text(connect_error_packet(nsp, message, data));
  return binary(msgpack::connect_error_packet(nsp, message, data));
}

encoded_packet encode_disconnect(wire_format to, std::string_view nsp) {
  return to.how == parser::json ? text(disconnect_packet(nsp)) : binary(msgpack::disconnect_packet(nsp));
}

encoded_packet encode_event(wire_format to, std::string_view nsp, std::string_view event, std::span<const json> args,
                            std::optional<uint64_t> id) {
  return to.how == parser::json ? encode_event(nsp, event, args, id) : binary(msgpack::event_packet(nsp, event, args, id));
}

encoded_packet encode_ack(wire_format to, std::string_view nsp, uint64_t id, std::span<const json> args) {
  return to.how == parser::json ? encode_ack(nsp, id, args) : binary(msgpack::ack_packet(nsp, id, args));
}

} // namespace stentor::socketio
