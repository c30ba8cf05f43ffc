#include "protocol/engineio3_payload.hpp"

#include "protocol/utf8.hpp"
#include "protocol/websocket.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace stentor::engineio {
namespace {

constexpr size_t digits_max = 9;
constexpr char bytes_delimiter = '\xff';

using packets = std::vector<payload_packet>;

/// Takes the digits of a length, whose zero is the byte `zero`, and the delimiter behind them off `body`.
std::optional<size_t> take_length(std::string_view& body, char zero, char delimiter) {
  size_t length = 0, digits = 0;
  for (; digits < body.size() && body[digits] != delimiter; ++digits) {
    auto digit = static_cast<unsigned char>(body[digits] - zero);
    if (digits == digits_max || digit > 9)
      return std::nullopt;
    length = 10 * length + digit;
  }
  if (digits == 0 || digits == body.size())
    return std::nullopt;
  body.remove_prefix(digits + 1);
  return length;
}

bool begins_character(char byte) {
  return (byte & 0xc0) != 0x80;
}

/// Of the character that begins with `byte`.
size_t utf16_units(char byte) {
  return static_cast<unsigned char>(byte) >= 0xf0 ? 2 : 1;
}

size_t utf16_length(std::string_view text) {
  size_t units = 0;
  for (auto byte : text)
    if (begins_character(byte))
      units += utf16_units(byte);
  return units;
}

/// Takes text of `units` UTF-16 code units, no more and no less, off `body`, which is UTF-8.
std::optional<std::string_view> take_text(std::string_view& body, size_t units) {
  size_t at = 0;
  for (; at < body.size() && (units > 0 || !begins_character(body[at])); ++at)
    if (begins_character(body[at])) {
      if (units < utf16_units(body[at]))
        return std::nullopt;
      units -= utf16_units(body[at]);
    }
  if (units > 0)
    return std::nullopt;
  auto text = body.substr(0, at);
  body.remove_prefix(at);
  return text;
}

std::optional<payload_packet> from_text(std::string_view text) {
  if (!text.starts_with('b'))
    return payload_packet{text, {}, false};
  if (auto bytes = decode_base64(text, revision::v3))
    return payload_packet{{}, *std::move(bytes), true};
  return std::nullopt;
}

/// Nothing may be in there but messages: other types have no binary form.
std::optional<payload_packet> from_bytes(std::string_view bytes) {
  if (!bytes.starts_with(message_byte))
    return std::nullopt;
  return payload_packet{{}, std::string{bytes.substr(1)}, true};
}

/// The next packet of a payload of bytes.
std::optional<payload_packet> take_packet(std::string_view& body) {
  auto kind = body[0];
  body.remove_prefix(1);
  auto length = take_length(body, '\0', bytes_delimiter);
  if ((kind != 0 && kind != 1) || !length || *length > body.size())
    return std::nullopt;
  auto packet = body.substr(0, *length);
  body.remove_prefix(*length);
  if (kind == 1)
    return from_bytes(packet);
  return is_utf8(packet) ? from_text(packet) : std::nullopt;
}

const auto malformed = failure{errc::bad_request, "no payload of revision 3"};
const auto too_many = failure{errc::too_large, "too many packets in one payload"};

void append_as_bytes(std::string& out, websocket::server_frame frame) {
  out += frame.kind == websocket::opcode::binary ? '\1' : '\0';
  for (auto digit : std::to_string(frame.payload.size()))
    out += static_cast<char>(digit - '0');
  out += bytes_delimiter;
  out += frame.payload;
}

void append_as_text(std::string& out, websocket::server_frame frame) {
  if (frame.kind == websocket::opcode::binary) {
    auto packet = base64_packet(frame.payload.substr(1), revision::v3);
    out += fmt::format("{}:{}", packet.size(), packet);
  } else
    out += fmt::format("{}:{}", utf16_length(frame.payload), frame.payload);
}

} // namespace

result<packets> split_payload3(std::string_view body) {
  packets all;
  if (body.empty() || !is_utf8(body))
    return malformed;
  while (!body.empty()) {
    auto length = take_length(body, '0', ':');
    auto text = length ? take_text(body, *length) : std::nullopt;
    if (!text)
      return malformed;
    if (text->empty()) // `0:` is the reference's payload without a packet
      continue;
    if (all.size() == payload_packets_max)
      return too_many;
    auto packet = from_text(*text);
    if (!packet)
      return malformed;
    all.push_back(*std::move(packet));
  }
  return all;
}

result<packets> split_payload3_bytes(std::string_view body) {
  packets all;
  if (body.empty())
    return malformed;
  while (!body.empty()) {
    if (all.size() == payload_packets_max)
      return too_many;
    auto packet = take_packet(body);
    if (!packet)
      return malformed;
    all.push_back(*std::move(packet));
  }
  return all;
}

payload3 payload3_of_frames(std::string_view frames, binary_form takes) {
  std::vector<websocket::server_frame> messages;
  auto has_bytes = false;
  while (!frames.empty()) {
    auto frame = websocket::take_frame(frames);
    if (frame.kind != websocket::opcode::text && frame.kind != websocket::opcode::binary)
      continue;
    has_bytes |= frame.kind == websocket::opcode::binary;
    messages.push_back(frame);
  }
  auto all = payload3{.body = {}, .form = has_bytes ? takes : binary_form::base64};
  auto append = all.form == binary_form::bytes ? append_as_bytes : append_as_text;
  for (const auto& one : messages)
    append(all.body, one);
  return all;
}

} // namespace stentor::engineio
