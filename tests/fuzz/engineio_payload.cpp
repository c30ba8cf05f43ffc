// What a body is split into is, joined, the body again; and it goes through the server's frames unchanged.

#include "protocol/engineio_payload.hpp"
#include "protocol/base64.hpp"
#include "protocol/websocket.hpp"

#include "check.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace stentor;
  std::string_view body{reinterpret_cast<const char*>(data), size};
  auto packets = engineio::split_payload(body);
  if (!packets)
    return 0;
  std::string joined, frames;
  bool empty_ones = false;
  for (const auto& packet : *packets) {
    if (&packet != &packets->front())
      joined += '\x1e';
    joined += packet.is_binary ? 'b' + base64::encode(packet.binary) : std::string{packet.text};
    auto payload = packet.is_binary ? std::string_view{packet.binary} : packet.text;
    websocket::append_header(frames, packet.is_binary ? websocket::opcode::binary : websocket::opcode::text, payload.size());
    frames += payload;
    empty_ones |= !packet.is_binary && packet.text.empty();
  }
  fuzz::check(joined == body);
  fuzz::check(empty_ones || engineio::payload_of_frames(frames) == body); // the server writes no empty packets
  return 0;
}
