#pragma once

// Engine.IO packets, the same in revisions 3 and 4. https://github.com/socketio/engine.io-protocol

#include "base/result.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace stentor::engineio {

/// Of the protocol: what clients say as `EIO`. Those of Socket.IO 2 speak 3, all later ones 4.
enum class revision : uint8_t { v3 = 3, v4 = 4 };

/// Of revision 3: stands in front of the bytes of a message.
constexpr char message_byte = 4;

/// What a client means by the value of `EIO`: whatever is not 4, is 3.
revision revision_of(std::string_view eio);

/// How a client takes binary messages; `base64` in text if it can take nothing else.
enum class binary_form : uint8_t { bytes, base64 };

/// What a client takes over a transport, by the value of `b64` in the request that begins it.
binary_form binary_form_of(std::string_view b64);

enum class packet_type : char { open = '0', close = '1', ping = '2', pong = '3', message = '4', upgrade = '5', noop = '6' };

struct packet {
  packet_type type = packet_type::noop;
  std::string_view data; ///< behind the type
};

/// A text frame; `bad_request` if it is empty or of an unknown type.
result<packet> decode(std::string_view text);

/// The text packet that stands for a binary message: `b…` with base64 behind it, in revision 3 `b4…`.
std::string base64_packet(std::string_view bytes, revision how);
/// The bytes of such a packet; `bad_request` if it is none.
result<std::string> decode_base64(std::string_view packet, revision how);

struct handshake {
  std::string sid;
  bool may_upgrade = false;
  std::chrono::milliseconds ping_interval{25'000};
  std::chrono::milliseconds ping_timeout{20'000};
  size_t payload_bytes_max = 1'000'000;
};

/// The open packet with its type: `0{"sid":…,"upgrades":[…],"pingInterval":…,"pingTimeout":…,"maxPayload":…}`.
std::string open_packet(const handshake& about);

/// The protocol's error answers: HTTP 400 (403 for `forbidden`) and `{"code":…,"message":…}`.
enum class error_code : uint8_t {
  unknown_transport = 0,
  unknown_sid = 1,
  bad_method = 2,
  bad_request = 3,
  forbidden = 4,
  unsupported_version = 5
};
std::string_view message(error_code code);
unsigned http_status(error_code code);
std::string error_body(error_code code, std::string_view message);

/// A fresh session or socket id: 20 characters of [A-Za-z0-9_-], 120 bits of cryptographic randomness.
std::string make_sid();

} // namespace stentor::engineio
