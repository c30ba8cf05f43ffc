#include "protocol/socketio.hpp"

#include "protocol/utf8.hpp"

#include <algorithm>
#include <charconv>

namespace stentor::socketio {
namespace {

constexpr size_t id_digits_max = 15; // stays below 2^53, where JavaScript stops telling integers apart

constexpr std::string_view reserved[] = {"connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"};

bool is_binary(packet_type type) {
  return type == packet_type::binary_event || type == packet_type::binary_ack;
}

/// Cuts the digits that `rest` begins with off it.
std::string_view take_digits(std::string_view& rest) {
  auto end = std::find_if_not(rest.begin(), rest.end(), [](char c) { return c >= '0' && c <= '9'; });
  auto digits = rest.substr(0, static_cast<size_t>(end - rest.begin()));
  rest.remove_prefix(digits.size());
  return digits;
}

/// Of decimal digits; 0 if there are none or too many for the type.
uint64_t number(std::string_view digits) {
  uint64_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

/// Cuts "/name," or a "/name" that is all there is off `rest`.
std::string_view take_nsp(std::string_view& rest) {
  if (!rest.starts_with('/'))
    return "/";
  auto name = rest.substr(0, rest.find(','));
  rest.remove_prefix(std::min(name.size() + 1, rest.size()));
  return name;
}

bool names_event(const json& data) {
  if (!data.is_array() || data.empty())
    return false;
  const auto& event = data[0];
  return event.is_number() || (event.is_string() && !is_reserved(event.get_ref<const std::string&>()));
}

/// True if every `{"_placeholder":true,"num":n}` in `data` means one of the packet's attachments. As deep as the parser let it be.
bool placeholders_fit(const json& data, size_t attachments) {
  if (!data.is_structured())
    return true;
  if (data.is_object()) {
    auto mark = data.find("_placeholder");
    if (mark != data.end() && *mark == true) {
      auto num = data.find("num");
      return num != data.end() && num->is_number_unsigned() && num->get<uint64_t>() < attachments;
    }
  }
  return std::all_of(data.begin(), data.end(), [=](const json& part) { return placeholders_fit(part, attachments); });
}

/// Type and namespace; what follows is an id or the payload.
std::string opening(packet_type type, std::string_view nsp) {
  std::string out(1, static_cast<char>(type));
  if (nsp != "/") {
    out += nsp;
    out += ',';
  }
  return out;
}

/// What is no UTF-8 in it becomes U+FFFD.
std::string text_of(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

} // namespace

result<packet> decode(std::string_view text, json_limits limits) {
  if (text.empty() || text[0] < '0' || text[0] > '6')
    return failure{errc::bad_request, "unknown packet type"};
  packet out;
  out.type = static_cast<packet_type>(text[0]);
  auto rest = text.substr(1);

  if (is_binary(out.type)) {
    out.attachments = number(take_digits(rest));
    if (out.attachments < 1 || out.attachments > attachments_max || !rest.starts_with('-'))
      return failure{errc::bad_request, "illegal attachments"};
    rest.remove_prefix(1);
  }

  auto nsp = take_nsp(rest);
  if (nsp.size() > nsp_bytes_max || !is_utf8(nsp))
    return failure{errc::bad_request, "illegal namespace"};
  out.nsp = nsp;

  auto digits = take_digits(rest);
  if (digits.size() > id_digits_max)
    return failure{errc::bad_request, "illegal id"};
  if (!digits.empty())
    out.id = number(digits);

  if (rest.empty())
    return out;
  auto data = parse_json(rest, limits);
  if (!data)
    return data.error();
  if (!is_payload(out.type, *data) || (is_binary(out.type) && !placeholders_fit(*data, out.attachments)))
    return failure{errc::bad_request, "invalid payload"};
  out.data = *std::move(data);
  return out;
}

bool is_reserved(std::string_view event) {
  return std::find(std::begin(reserved), std::end(reserved), event) != std::end(reserved);
}

bool is_payload(packet_type type, const json& data) {
  switch (type) {
    case packet_type::connect: return data.is_object();
    case packet_type::disconnect: return false;
    case packet_type::event:
    case packet_type::binary_event: return names_event(data);
    case packet_type::ack:
    case packet_type::binary_ack: return data.is_array();
    case packet_type::connect_error: return data.is_object() || data.is_string();
  }
  return false;
}

std::string connect_packet(std::string_view nsp, const json& data) {
  return opening(packet_type::connect, nsp) + text_of(data);
}

std::string plain_connect_packet(std::string_view nsp) {
  return opening(packet_type::connect, nsp);
}

std::string plain_connect_error_packet(std::string_view nsp, const json& data) {
  return opening(packet_type::connect_error, nsp) + text_of(data);
}

std::string connect_error_packet(std::string_view nsp, std::string_view message, const json& data) {
  auto out = opening(packet_type::connect_error, nsp) + R"({"message":)" + text_of(message);
  if (!data.is_null())
    out += R"(,"data":)" + text_of(data);
  return out + '}';
}

std::string disconnect_packet(std::string_view nsp) {
  return opening(packet_type::disconnect, nsp);
}

std::string event_packet(std::string_view nsp, std::string_view event, std::string_view args, std::optional<uint64_t> id) {
  auto out = opening(packet_type::event, nsp);
  out.reserve(out.size() + event.size() + args.size() + 24);
  if (id)
    out += std::to_string(*id);
  out += '[';
  append_json_string(out, event);
  if (!args.empty()) {
    out += ',';
    out += args;
  }
  return out + ']';
}

std::string ack_packet(std::string_view nsp, uint64_t id, std::string_view args) {
  auto out = opening(packet_type::ack, nsp) + std::to_string(id) + '[';
  out += args;
  return out + ']';
}

} // namespace stentor::socketio
