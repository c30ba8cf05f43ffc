#include "protocol/engineio.hpp"

#include "base/json.hpp"
#include "protocol/base64.hpp"

#include <openssl/rand.h>

#include <array>
#include <stdexcept>

namespace stentor::engineio {
namespace {

struct row {
  error_code code;
  std::string_view message;
  unsigned http_status;
};

constexpr row errors[] = {
  {error_code::unknown_transport, "Transport unknown", 400},
  {error_code::unknown_sid, "Session ID unknown", 400},
  {error_code::bad_method, "Bad handshake method", 400},
  {error_code::bad_request, "Bad request", 400},
  {error_code::forbidden, "Forbidden", 403},
  {error_code::unsupported_version, "Unsupported protocol version", 400},
};

constexpr bool in_order() {
  for (size_t i = 0; i < std::size(errors); ++i)
    if (errors[i].code != static_cast<error_code>(i))
      return false;
  return true;
}
static_assert(in_order(), "the row of a code is its number");

const row& at(error_code code) {
  return errors[static_cast<size_t>(code)];
}

/// In front of the base64 of a binary message.
std::string_view base64_mark(revision how) {
  return how == revision::v3 ? "b4" : "b";
}

} // namespace

revision revision_of(std::string_view eio) {
  return eio == "4" ? revision::v4 : revision::v3;
}

binary_form binary_form_of(std::string_view b64) {
  return b64.empty() ? binary_form::bytes : binary_form::base64;
}

std::string base64_packet(std::string_view bytes, revision how) {
  return std::string{base64_mark(how)} + base64::encode(bytes);
}

result<std::string> decode_base64(std::string_view packet, revision how) {
  auto mark = base64_mark(how);
  if (!packet.starts_with(mark))
    return errc::bad_request;
  return base64::decode(packet.substr(mark.size()));
}

result<packet> decode(std::string_view text) {
  if (text.empty() || text[0] < '0' || text[0] > '6')
    return errc::bad_request;
  return packet{static_cast<packet_type>(text[0]), text.substr(1)};
}

std::string open_packet(const handshake& about) {
  json open = {{"sid", about.sid},
               {"upgrades", about.may_upgrade ? json::array({"websocket"}) : json::array()},
               {"pingInterval", about.ping_interval.count()},
               {"pingTimeout", about.ping_timeout.count()},
               {"maxPayload", about.payload_bytes_max}};
  return "0" + open.dump();
}

std::string_view message(error_code code) {
  return at(code).message;
}

unsigned http_status(error_code code) {
  return at(code).http_status;
}

std::string error_body(error_code code, std::string_view message) {
  return json{{"code", static_cast<unsigned>(code)}, {"message", message}}.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string make_sid() {
  std::array<unsigned char, 15> random;
  if (RAND_bytes(random.data(), random.size()) != 1)
    throw std::runtime_error("no randomness for a session id");
  return base64::encode({reinterpret_cast<const char*>(random.data()), random.size()}, base64::alphabet::url);
}

} // namespace stentor::engineio
