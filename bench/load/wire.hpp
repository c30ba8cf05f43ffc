#pragma once

#include "error.hpp"

#include "protocol/websocket.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace stentor::load {

// RFC 6455 as the client of one server needs it, and the packets of Engine.IO 4 and Socket.IO 5 inside. Pure.

using websocket::opcode;

constexpr size_t frame_bytes_max = size_t{1} << 30;

/// A frame as servers send it: not masked. `size` counts the header too.
struct frame {
  opcode code;
  bool last;
  std::string_view payload;
  size_t size;
};

inline uint64_t big_endian(const char* at, size_t bytes) {
  uint64_t value = 0;
  for (size_t i = 0; i < bytes; ++i)
    value = value << 8 | static_cast<uint8_t>(at[i]);
  return value;
}

/// The frame that begins `bytes`; nothing while it is incomplete.
inline std::optional<frame> first_frame(std::string_view bytes) {
  if (bytes.size() < 2)
    return std::nullopt;
  auto length = static_cast<uint64_t>(static_cast<uint8_t>(bytes[1]));
  auto wide = length == 126 ? size_t{2} : length == 127 ? size_t{8} : size_t{0};
  auto header = 2 + wide;
  if (bytes.size() < header)
    return std::nullopt;
  if (wide != 0)
    length = big_endian(bytes.data() + 2, wide);
  if (length > frame_bytes_max || (bytes[1] & 0x80) != 0)
    throw load_error("the server sent a frame that is masked or longer than 1 GiB");
  if (bytes.size() - header < length)
    return std::nullopt;
  auto code = static_cast<opcode>(bytes[0] & 0x0f);
  return frame{code, (bytes[0] & 0x80) != 0, bytes.substr(header, length), header + length};
}

/// Appends a masked frame. The mask is constant, but not zero: servers may skip unmasking for zero.
void append_frame(std::string& out, opcode code, std::string_view payload);

/// The HTTP request that opens a WebSocket on an Engine.IO path such as "/socket.io/".
std::string upgrade_request(std::string_view host, uint16_t port, std::string_view path);

constexpr std::string_view new_message_prefix = R"(42["new_message",)";

/// `43<id>[...]`; `refusal` is empty unless the first argument says ok:false.
struct ack {
  uint64_t id;
  std::string refusal;
};

/// Throws load_error for an ack without a number or with anything but a JSON array behind it.
ack parse_ack(std::string_view packet);

} // namespace stentor::load
