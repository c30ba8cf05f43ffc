// Whatever a body of either kind is split into, goes through the server's frames, becomes a payload of either kind, and is split into the
// same again.

#include "protocol/engineio3_payload.hpp"
#include "protocol/utf8.hpp"
#include "protocol/websocket.hpp"

#include "check.hpp"

#include <algorithm>

namespace {

using namespace stentor;
using packets = std::vector<engineio::payload_packet>;

std::string frames_of(const packets& all) {
  std::string frames;
  for (const auto& packet : all) {
    auto payload = packet.is_binary ? '\4' + packet.binary : std::string{packet.text};
    websocket::append_header(frames, packet.is_binary ? websocket::opcode::binary : websocket::opcode::text, payload.size());
    frames += payload;
  }
  return frames;
}

bool same(const packets& one, const packets& other) {
  return std::ranges::equal(
    one, other, [](const auto& a, const auto& b) { return a.is_binary == b.is_binary && a.text == b.text && a.binary == b.binary; });
}

void round_trip(const result<packets>& split) {
  // A frame of the server is never empty; the payload of no packets is never sent.
  if (!split || split->empty() || std::ranges::any_of(*split, [](const auto& one) { return !one.is_binary && one.text.empty(); }))
    return;
  for (auto takes : {engineio::binary_form::bytes, engineio::binary_form::base64}) {
    auto payload = engineio::payload3_of_frames(frames_of(*split), takes);
    auto again =
      payload.form == engineio::binary_form::bytes ? engineio::split_payload3_bytes(payload.body) : engineio::split_payload3(payload.body);
    fuzz::check(again && same(*split, *again));
  }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view body{reinterpret_cast<const char*>(data), size};
  round_trip(engineio::split_payload3(body));
  round_trip(engineio::split_payload3_bytes(body));
  return 0;
}
