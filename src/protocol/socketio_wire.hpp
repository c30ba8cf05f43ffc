#pragma once

// Socket.IO packets in the form in which one connection wants them.

#include "protocol/encoded_packet.hpp"
#include "protocol/engineio.hpp"
#include "protocol/socketio_binary.hpp"

#include <compare>
#include <span>

namespace stentor::socketio {

/// How one connection is spoken to. Clients of revision 3 of Engine.IO speak revision 4 of Socket.IO, and JSON only.
struct wire_format {
  parser how = parser::json;
  engineio::revision revision = engineio::revision::v4;
  friend auto operator<=>(const wire_format&, const wire_format&) = default;
};

/// `pid`, the secret by which a client asks for what it missed, is left out if it is empty.
encoded_packet encode_connect(wire_format to, std::string_view nsp, std::string_view sid, std::string_view pid = {});
/// Null data is left out. Older clients are told the data alone, or the message if there is none.
encoded_packet encode_connect_error(wire_format to, std::string_view nsp, std::string_view message, const json& data = nullptr);
encoded_packet encode_disconnect(wire_format to, std::string_view nsp);
/// Throws `std::length_error` for more binary values than `attachments_max` in JSON.
encoded_packet encode_event(wire_format to, std::string_view nsp, std::string_view event, std::span<const json> args,
                            std::optional<uint64_t> id = std::nullopt);
encoded_packet encode_ack(wire_format to, std::string_view nsp, uint64_t id, std::span<const json> args);

} // namespace stentor::socketio
