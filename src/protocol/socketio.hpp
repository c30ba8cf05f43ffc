#pragma once

// Socket.IO v5 packets in text, JSON parser. https://github.com/socketio/socket.io-protocol

#include "base/json.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace stentor::socketio {

enum class packet_type : char {
  connect = '0',
  disconnect = '1',
  event = '2',
  ack = '3',
  connect_error = '4',
  binary_event = '5',
  binary_ack = '6'
};

struct packet {
  packet_type type = packet_type::event;
  std::string nsp = "/";
  std::optional<uint64_t> id; ///< of the acknowledgement that is wanted or given
  json data;                  ///< null if there was none; for event and ack an array
  size_t attachments = 0;     ///< binary frames that follow; 1 to 10, for binary_event and binary_ack only
};

/// Bounds of what a client may say, beyond the JSON's own.
constexpr size_t nsp_bytes_max = 128;
constexpr size_t attachments_max = 10;

/// Decodes one packet from the text behind Engine.IO's `4`, and checks its payload as the reference's parser 4.2.7 does
/// (types, reserved event names, id of at most 15 digits). Any failure means: close the connection ("parse error").
result<packet> decode(std::string_view text, json_limits limits = {});

/// True for the names that no application event may have: connect, connect_error, disconnect, disconnecting, newListener, removeListener.
bool is_reserved(std::string_view event);

/// True if `data` may be what a packet of this type carries; whether there may be none is another question.
bool is_payload(packet_type type, const json& data);

/// `0{"sid":"…"}` or `0/nsp,{"sid":"…"}`
std::string connect_packet(std::string_view nsp, const json& data);
/// `0` or `0/nsp,`, for clients of Engine.IO's revision 3, and `4"message"`.
std::string plain_connect_packet(std::string_view nsp);
std::string plain_connect_error_packet(std::string_view nsp, const json& data);
/// `4{"message":…,"data":…}`; null data is left out.
std::string connect_error_packet(std::string_view nsp, std::string_view message, const json& data = nullptr);
std::string disconnect_packet(std::string_view nsp);
/// `2["event",arg,…]` with `args` as ready JSON text without brackets ("" for none), and the id of a wanted acknowledgement.
std::string event_packet(std::string_view nsp, std::string_view event, std::string_view args, std::optional<uint64_t> id = std::nullopt);
/// `3<id>[arg,…]`
std::string ack_packet(std::string_view nsp, uint64_t id, std::string_view args);

} // namespace stentor::socketio
