#include "protocol/engineio_payload.hpp"

#include "protocol/engineio.hpp"
#include "protocol/websocket.hpp"

namespace stentor::engineio {
namespace {

constexpr char separator = '\x1e';

} // namespace

result<std::vector<payload_packet>> split_payload(std::string_view body) {
  std::vector<payload_packet> packets;
  for (;;) {
    auto text = body.substr(0, body.find(separator));
    if (packets.size() == payload_packets_max)
      return failure{errc::too_large, "too many packets in one payload"};
    if (text.starts_with('b')) {
      auto bytes = decode_base64(text, revision::v4);
      if (!bytes)
        return bytes.error();
      packets.push_back({{}, *std::move(bytes), true});
    } else
      packets.push_back({text, {}, false});
    if (text.size() == body.size())
      return packets;
    body.remove_prefix(text.size() + 1);
  }
}

std::string payload_of_frames(std::string_view frames) {
  std::string payload;
  while (!frames.empty()) {
    auto [kind, bytes] = websocket::take_frame(frames);
    if (kind != websocket::opcode::text && kind != websocket::opcode::binary)
      continue;
    if (!payload.empty())
      payload += separator;
    if (kind == websocket::opcode::binary)
      payload += base64_packet(bytes, revision::v4);
    else
      payload += bytes;
  }
  return payload;
}

} // namespace stentor::engineio
