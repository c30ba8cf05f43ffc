#pragma once

// Engine.IO v4 payloads: what one long-polling request carries. https://github.com/socketio/engine.io-protocol

#include "base/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace stentor::engineio {

/// One packet of a payload: text with its type in front, or the bytes of a binary message.
struct payload_packet {
  std::string_view text;
  std::string binary;
  bool is_binary = false;
};

/// A body takes at most that many packets.
constexpr size_t payload_packets_max = 10'000;

/// Splits a POST's body; `bad_request` if there are too many packets or one is no base64. The texts live in `body`.
result<std::vector<payload_packet>> split_payload(std::string_view body);

/// Turns WebSocket frames of the server (headers and payloads back to back) into the payload of a poll.
/// Requires: whole frames, not masked, each a message of its own; control frames are left out.
std::string payload_of_frames(std::string_view frames);

} // namespace stentor::engineio
