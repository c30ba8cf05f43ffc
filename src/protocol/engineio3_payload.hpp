#pragma once

// Engine.IO v3 payloads, which clients of Socket.IO 2 post and poll. https://github.com/socketio/engine.io-protocol/tree/v3

#include "protocol/engineio.hpp"
#include "protocol/engineio_payload.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace stentor::engineio {

// A text payload is `<length>:<packet>` again and again, with lengths in UTF-16 code units; binary messages are `b4<base64>`.
// A payload of bytes is a byte 0 (text) or 1 (binary), the length in bytes as digits of the values 0 to 9, a byte 0xff, and the packet,
// again and again; in front of a binary message stands a byte 4.

/// Splits the body of a POST, text or bytes; `bad_request` if a packet is cut off, its length has more than nine digits, or the text is not
/// UTF-8. The texts live in `body`.
result<std::vector<payload_packet>> split_payload3(std::string_view body);
result<std::vector<payload_packet>> split_payload3_bytes(std::string_view body);

/// What a poll is answered with.
struct payload3 {
  std::string body;
  binary_form form = binary_form::base64; ///< of `body`: text with base64, or bytes
};

/// Turns WebSocket frames of the server for revision 3 (binary ones begin with a byte 4) into the payload of a poll: into bytes, if a
/// binary one is among them and the client takes those. Requires: whole frames, not masked, each a message of its own; control frames are
/// left out.
payload3 payload3_of_frames(std::string_view frames, binary_form takes);

} // namespace stentor::engineio
