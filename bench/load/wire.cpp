#include "wire.hpp"

#include "base/json.hpp"

#include <fmt/format.h>

#include <charconv>

namespace stentor::load {

namespace {

constexpr uint8_t mask[4] = {0x37, 0xfa, 0x21, 0x3d};
constexpr std::string_view accepted_ack = R"([{"ok":true)";

std::string refusal_in(std::string_view arguments) {
  if (arguments.starts_with(accepted_ack))
    return {};
  auto list = json::parse(arguments, nullptr, false);
  if (!list.is_array())
    throw load_error("malformed ack: " + std::string{arguments});
  if (!list.empty() && list[0].is_object() && list[0].value("ok", true))
    return {};
  return std::string{arguments};
}

} // namespace

void append_frame(std::string& out, opcode code, std::string_view payload) {
  out.push_back(static_cast<char>(0x80 | static_cast<uint8_t>(code)));
  auto wide = payload.size() < 126 ? size_t{0} : payload.size() < 65536 ? size_t{2} : size_t{8};
  auto length = wide == 0 ? payload.size() : wide == 2 ? size_t{126} : size_t{127};
  out.push_back(static_cast<char>(0x80 | length));
  for (auto i = wide; i-- > 0;)
    out.push_back(static_cast<char>(payload.size() >> (8 * i)));
  out.append(reinterpret_cast<const char*>(mask), sizeof mask);
  for (size_t i = 0; i < payload.size(); ++i)
    out.push_back(static_cast<char>(static_cast<uint8_t>(payload[i]) ^ mask[i % sizeof mask]));
}

std::string upgrade_request(std::string_view host, uint16_t port, std::string_view path) {
  return fmt::format("GET {}?EIO=4&transport=websocket HTTP/1.1\r\n"
                     "Host: {}:{}\r\n"
                     "Connection: Upgrade\r\n"
                     "Upgrade: websocket\r\n"
                     "Sec-WebSocket-Version: 13\r\n"
                     "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
                     path, host, port);
}

ack parse_ack(std::string_view packet) {
  uint64_t id = 0;
  auto digits = packet.substr(2);
  auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), id);
  if (failed != std::errc{})
    throw load_error("malformed ack: " + std::string{packet});
  return {id, refusal_in(digits.substr(static_cast<size_t>(end - digits.data())))};
}

} // namespace stentor::load
