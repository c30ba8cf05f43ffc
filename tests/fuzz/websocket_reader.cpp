// The reader, fed in any cut, says what a plain decoder says that has the whole stream before it.
// Input: four bytes that decide the cuts, then the stream.

#include "protocol/utf8.hpp"
#include "protocol/websocket.hpp"

#include "check.hpp"
#include "protocol/websocket_peer.hpp"

#include <cstring>
#include <random>

namespace stentor::websocket {
namespace {

constexpr limits bounds{.message_bytes_max = 300, .fragments_max = 5};

uint64_t number(std::string_view digits) {
  uint64_t value = 0;
  for (unsigned char digit : digits)
    value = value * 256 + digit;
  return value;
}

std::string closing(const std::string& payload) {
  if (payload.empty())
    return "close 0";
  auto code = number(payload.substr(0, 2));
  if (payload.size() == 1 || code < 1000 || (code > 1003 && code < 1007) || (code > 1014 && code < 3000) || code > 4999)
    return "error 1002";
  return is_utf8(payload.substr(2)) ? "close " + std::to_string(code) : "error 1007";
}

heard decode(std::string_view wire) {
  heard lines;
  auto ends = [&](std::string line) {
    lines.push_back(std::move(line));
    return lines;
  };
  std::string message;
  int kind = 0; // of the message; 0 if there is none
  size_t fragments = 0;
  while (wire.size() >= 2) {
    auto first = static_cast<uint8_t>(wire[0]), second = static_cast<uint8_t>(wire[1]);
    auto final = first >= 0x80;
    int opcode = first % 16;
    auto control = opcode >= 8;
    if (first & 0x70 || second < 0x80 || (opcode > 2 && opcode < 8) || opcode > 10)
      return ends("error 1002");
    if (control ? !final || second % 128 > 125 : (opcode == 0) != (kind != 0))
      return ends("error 1002");
    size_t digits = second % 128 == 126 ? 2 : second % 128 == 127 ? 8 : 0;
    if (wire.size() < 6 + digits)
      return lines;
    auto size = digits ? number(wire.substr(2, digits)) : second % 128;
    if ((digits == 2 && size < 126) || (digits == 8 && (size < 65536 || size > INT64_MAX)))
      return ends("error 1002");
    if (!control && ++fragments > bounds.fragments_max)
      return ends("error 1008");
    if (!control && (size > bounds.message_bytes_max || message.size() + size > bounds.message_bytes_max))
      return ends("error 1009");
    auto mask = wire.substr(2 + digits, 4);
    wire.remove_prefix(6 + digits);
    if (wire.size() < size)
      return lines;
    std::string payload{wire.substr(0, size)};
    wire.remove_prefix(size);
    for (size_t i = 0; i < size; ++i)
      payload[i] = static_cast<char>(payload[i] ^ mask[i % 4]);
    if (opcode == 8)
      return ends(closing(payload));
    if (control) {
      lines.push_back((opcode == 9 ? "ping " : "pong ") + payload);
      continue;
    }
    kind = opcode ? opcode : kind;
    message += payload;
    if (!final)
      continue;
    if (kind == 1 && !is_utf8(message))
      return ends("error 1007");
    lines.push_back((kind == 1 ? "text " : "binary ") + message);
    message.clear();
    kind = 0;
    fragments = 0;
  }
  return lines;
}

} // namespace
} // namespace stentor::websocket

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace stentor::websocket;
  uint32_t seed = 0;
  if (size < sizeof seed)
    return 0;
  std::memcpy(&seed, data, sizeof seed);
  std::string_view wire{reinterpret_cast<const char*>(data) + sizeof seed, size - sizeof seed};
  auto expected = decode(wire);
  std::minstd_rand dice{seed};
  auto any_size = [&] { return 1 + dice() % (1 + seed % 64); };
  auto one_byte = [] { return 1; };
  stentor::fuzz::check(read(wire, any_size, bounds) == expected);
  stentor::fuzz::check(read(wire, one_byte, bounds) == expected);
  return 0;
}
