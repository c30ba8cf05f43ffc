#pragma once

// Socket.IO v5 packets as clients with socket.io-msgpack-parser 3 say them: one binary message each.

#include "protocol/socketio.hpp"

#include <span>

namespace stentor::socketio::msgpack {

/// Decodes one packet: a map of `type` (0 to 4), `nsp`, `data` and `id`; other keys are ignored, of a repeated one the last counts.
/// Checks it as that parser does and, beyond it, as `socketio::decode` does: what it accepts, clients of the JSON parser can be sent.
/// That is at most `attachments_max` binary values, and no `{"_placeholder":true}` beside them. Their packet has the type `event` or
/// `ack` nevertheless. `limits` are those of `data`, but that the packet's other values count as elements, too.
/// Any failure means: close the connection ("parse error").
result<packet> decode(std::string_view bytes, json_limits limits = {});

/// `{type:0,data,nsp}`
std::string connect_packet(std::string_view nsp, const json& data);
/// `{type:4,data:{message,data},nsp}`; null data is left out.
std::string connect_error_packet(std::string_view nsp, std::string_view message, const json& data = nullptr);
/// `{type:1,nsp}`
std::string disconnect_packet(std::string_view nsp);
/// `{type:2,data:[event,arg,…],id,nsp}`, with the id of a wanted acknowledgement if there is one.
std::string event_packet(std::string_view nsp, std::string_view event, std::span<const json> args,
                         std::optional<uint64_t> id = std::nullopt);
/// `{id,type:3,data:[arg,…],nsp}`
std::string ack_packet(std::string_view nsp, uint64_t id, std::span<const json> args);

} // namespace stentor::socketio::msgpack
