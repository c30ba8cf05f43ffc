#pragma once

// What polling carries: several packets in one body, out of frames as a server sends them.

#include "protocol/engineio_payload.hpp"
#include "protocol/websocket.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace stentor::engineio {

using parts = std::vector<std::string>;

/// Packets in one body of revision 4.
template <class... Packets>
std::string payload(std::string_view first, const Packets&... more) {
  auto body = std::string{first};
  ((body.append("\x1e").append(more)), ...);
  return body;
}

/// The packets of a body, binary ones as "bytes …".
inline parts listed(const result<std::vector<payload_packet>>& packets) {
  if (!packets)
    return {"refused"};
  parts out;
  for (const auto& packet : *packets)
    out.push_back(packet.is_binary ? "bytes " + packet.binary : std::string{packet.text});
  return out;
}

inline std::string frame(websocket::opcode kind, std::string_view payload) {
  return websocket::header(kind, payload.size()).append(payload);
}

} // namespace stentor::engineio
