#include "protocol/websocket.hpp"

#include "protocol/base64.hpp"
#include "protocol/utf8.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <cstring>

namespace stentor::websocket {
namespace {

constexpr size_t control_bytes_max = 125;
constexpr uint8_t sixteen_bits = 126; // follow as the length
constexpr uint8_t sixty_four_bits = 127;
constexpr size_t mask_bytes = 4;

/// Also turns `mask` so that it fits the byte behind `data`.
void unmask(std::span<char> data, uint8_t* mask) {
  std::array<uint8_t, 8> twice;
  for (size_t i = 0; i < twice.size(); ++i)
    twice[i] = mask[i % mask_bytes];
  uint64_t key, word;
  std::memcpy(&key, twice.data(), sizeof key);
  auto at = data.data(), end = at + data.size();
  for (; end - at >= 8; at += 8) {
    std::memcpy(&word, at, sizeof word);
    word ^= key;
    std::memcpy(at, &word, sizeof word);
  }
  for (size_t i = 0; at != end; ++at, ++i)
    *at = static_cast<char>(*at ^ twice[i]);
  std::rotate(mask, mask + data.size() % mask_bytes, mask + mask_bytes);
}

/// RFC 6455, 7.4: what may stand in a close frame; 1012 to 1014 by the IANA registry.
bool may_be_sent(uint16_t code) {
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
}

uint64_t big_endian(std::span<const uint8_t> digits) {
  uint64_t value = 0;
  for (auto digit : digits)
    value = value << 8 | digit;
  return value;
}

void append_big_endian(std::string& out, uint64_t value, int size) {
  for (auto shift = 8 * (size - 1); shift >= 0; shift -= 8)
    out += static_cast<char>(value >> shift);
}

} // namespace

void append_header(std::string& out, opcode kind, size_t payload_bytes) {
  out += static_cast<char>(0x80 | static_cast<uint8_t>(kind));
  if (payload_bytes < sixteen_bits)
    out += static_cast<char>(payload_bytes);
  else if (payload_bytes <= 0xffff) {
    out += static_cast<char>(sixteen_bits);
    append_big_endian(out, payload_bytes, 2);
  } else {
    out += static_cast<char>(sixty_four_bits);
    append_big_endian(out, payload_bytes, 8);
  }
}

std::string header(opcode kind, size_t payload_bytes) {
  std::string out;
  append_header(out, kind, payload_bytes);
  return out;
}

std::string close_frame(close_code code) {
  if (code == close_code::none)
    return header(opcode::close, 0);
  auto out = header(opcode::close, 2);
  append_big_endian(out, static_cast<uint16_t>(code), 2);
  return out;
}

server_frame take_frame(std::string_view& frames) {
  auto kind = static_cast<opcode>(frames[0] & 0x0f);
  size_t size = static_cast<unsigned char>(frames[1]), header = 2;
  if (size >= sixteen_bits) {
    header = size == sixteen_bits ? 4 : 10;
    size = big_endian({reinterpret_cast<const uint8_t*>(frames.data()) + 2, header - 2});
  }
  auto payload = frames.substr(header, size);
  frames.remove_prefix(header + size);
  return {kind, payload};
}

result<std::string> accept_key(std::string_view client_key) {
  auto key = base64::decode(client_key);
  if (!key || key->size() != 16)
    return errc::bad_request;
  auto text = std::string{client_key} + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  std::string digest(20, '\0');
  if (!EVP_Digest(text.data(), text.size(), reinterpret_cast<unsigned char*>(digest.data()), nullptr, EVP_sha1(), nullptr))
    return errc::internal;
  return base64::encode(digest);
}

size_t reader::feed(char* data, size_t size, handler& to) {
  paused_ = false;
  bytes rest{data, size};
  while (!stopped_ && !paused_ && !rest.empty())
    rest = rest.subspan(in_payload_ ? take_payload(rest, to) : take_header(rest, to));
  if (!stopped_)
    return size - rest.size();
  release();
  return size;
}

size_t reader::take_header(bytes rest, handler& to) {
  auto wanted = header_taken_ < 2 ? 2 : header_bytes();
  auto taken = std::min(wanted - header_taken_, rest.size());
  std::memcpy(header_.data() + header_taken_, rest.data(), taken);
  header_taken_ += static_cast<uint8_t>(taken);
  if (header_taken_ < wanted)
    return taken;
  auto verdict = wanted == 2 ? judge_opening() : judge_length();
  if (verdict != close_code::none)
    fail(verdict, to);
  else if (wanted > 2)
    open_frame(to);
  return taken;
}

close_code reader::judge_opening() const {
  auto reserved_bits = header_[0] & 0x70;
  auto masked = header_[1] & 0x80;
  if (reserved_bits || !masked)
    return close_code::protocol_error;
  switch (kind()) {
    case opcode::continuation: return fragments_ > 0 ? close_code::none : close_code::protocol_error;
    case opcode::text:
    case opcode::binary: return fragments_ == 0 ? close_code::none : close_code::protocol_error;
    case opcode::close:
    case opcode::ping:
    case opcode::pong: return final() && short_length() <= control_bytes_max ? close_code::none : close_code::protocol_error;
  }
  return close_code::protocol_error;
}

close_code reader::judge_length() const {
  auto size = payload_bytes();
  if (short_length() == sixteen_bits && size < sixteen_bits)
    return close_code::protocol_error;
  if (short_length() == sixty_four_bits && (size <= 0xffff || size >> 63))
    return close_code::protocol_error;
  if (control())
    return close_code::none;
  if (fragments_ >= limits_.fragments_max)
    return close_code::policy;
  return size > limits_.message_bytes_max - message_bytes_ ? close_code::too_big : close_code::none;
}

void reader::open_frame(handler& to) {
  frame_bytes_left_ = payload_bytes();
  if (!control()) {
    if (kind() != opcode::continuation)
      message_ = kind();
    ++fragments_;
    message_bytes_ += frame_bytes_left_;
  }
  in_payload_ = true;
  if (frame_bytes_left_ == 0)
    end_frame({}, to);
}

size_t reader::take_payload(bytes rest, handler& to) {
  auto part = rest.first(std::min(frame_bytes_left_, rest.size()));
  unmask(part, header_.data() + header_bytes() - mask_bytes);
  frame_bytes_left_ -= part.size();
  if (frame_bytes_left_ == 0)
    end_frame(part, to);
  else
    pending_.append(part.data(), part.size());
  return part.size();
}

void reader::end_frame(bytes last, handler& to) {
  in_payload_ = false;
  header_taken_ = 0;
  if (control())
    end_control(last, to);
  else if (final())
    end_message(last, to);
  else
    pending_.append(last.data(), last.size());
}

void reader::end_control(bytes last, handler& to) {
  auto payload = whole(last, message_bytes_);
  switch (kind()) {
    case opcode::ping: to.on_ping(payload); break;
    case opcode::pong: to.on_pong(payload); break;
    default: end_stream(payload, to);
  }
  pending_.resize(message_bytes_);
  if (fragments_ == 0)
    release();
}

void reader::end_message(bytes last, handler& to) {
  auto payload = whole(last, 0);
  if (message_ == opcode::binary)
    to.on_binary(payload);
  else if (is_utf8(payload))
    to.on_text(payload);
  else
    fail(close_code::bad_payload, to);
  message_bytes_ = 0;
  fragments_ = 0;
  release();
}

void reader::end_stream(std::string_view payload, handler& to) {
  if (payload.empty()) {
    stopped_ = true;
    return to.on_close(close_code::none);
  }
  if (payload.size() == 1)
    return fail(close_code::protocol_error, to);
  auto code = static_cast<uint16_t>(static_cast<uint8_t>(payload[0]) << 8 | static_cast<uint8_t>(payload[1]));
  if (!may_be_sent(code))
    return fail(close_code::protocol_error, to);
  if (!is_utf8(payload.substr(2)))
    return fail(close_code::bad_payload, to);
  stopped_ = true;
  to.on_close(static_cast<close_code>(code));
}

void reader::fail(close_code code, handler& to) {
  stopped_ = true;
  to.on_error(code);
}

std::string_view reader::whole(bytes last, size_t from) {
  if (pending_.size() == from)
    return {last.data(), last.size()};
  pending_.append(last.data(), last.size());
  return std::string_view{pending_}.substr(from);
}

void reader::release() {
  std::string{}.swap(pending_); // assignment would keep the memory
}

size_t reader::header_bytes() const {
  auto length_bytes = short_length() == sixteen_bits ? 2u : short_length() == sixty_four_bits ? 8u : 0u;
  return 2 + length_bytes + mask_bytes;
}

uint64_t reader::payload_bytes() const {
  if (short_length() < sixteen_bits)
    return short_length();
  return big_endian(std::span{header_}.subspan(2, header_bytes() - 2 - mask_bytes));
}

} // namespace stentor::websocket
