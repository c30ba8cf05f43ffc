#include "protocol/engineio_payload.hpp"

#include "protocol/base64.hpp"
#include "protocol/websocket.hpp"

namespace stentor::engineio {
namespace {

constexpr char separator = '\x1e';

/// The big-endian number in `bytes`.
size_t number(std::string_view bytes) {
  size_t value = 0;
  for (auto byte : bytes)
    value = value << 8 | static_cast<unsigned char>(byte);
  return value;
}

struct frame {
  websocket::opcode kind;
  std::string_view payload;
};

/// Takes the first frame off `frames`.
frame next_frame(std::string_view& frames) {
  auto kind = static_cast<websocket::opcode>(frames[0] & 0x0f);
  size_t size = static_cast<unsigned char>(frames[1]), header = 2;
  if (size >= 126) {
    header = size == 126 ? 4 : 10;
    size = number(frames.substr(2, header - 2));
  }
  auto payload = frames.substr(header, size);
  frames.remove_prefix(header + size);
  return {kind, payload};
}

} // namespace

result<std::vector<payload_packet>> split_payload(std::string_view body) {
  std::vector<payload_packet> packets;
  for (;;) {
    auto text = body.substr(0, body.find(separator));
    if (packets.size() == payload_packets_max)
      return failure{errc::too_large, "too many packets in one payload"};
    if (text.starts_with('b')) {
      auto bytes = base64::decode(text.substr(1));
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
    auto [kind, bytes] = next_frame(frames);
    if (kind != websocket::opcode::text && kind != websocket::opcode::binary)
      continue;
    if (!payload.empty())
      payload += separator;
    if (kind == websocket::opcode::binary)
      payload.append("b").append(base64::encode(bytes));
    else
      payload += bytes;
  }
  return payload;
}

} // namespace stentor::engineio
