#include "protocol/socketio_msgpack.hpp"

#include "protocol/msgpack.hpp"

#include <algorithm>

namespace stentor::socketio::msgpack {
namespace {

constexpr uint64_t id_end = 1'000'000'000'000'000; // 15 digits, as in text

failure invalid(const char* why) {
  return {errc::bad_request, why};
}

std::optional<packet_type> type_in(const json& fields) {
  auto type = fields.find("type");
  if (type == fields.end() || !type->is_number_unsigned() || type->get<uint64_t>() > 4)
    return std::nullopt;
  return static_cast<packet_type>('0' + type->get<uint64_t>());
}

/// A name that can be said in text, too.
bool is_nsp(const std::string& text) {
  return text.starts_with('/') && text.size() <= nsp_bytes_max && text.find(',') == text.npos;
}

bool may_lack_payload(packet_type type) {
  return type == packet_type::connect || type == packet_type::disconnect;
}

struct tally {
  size_t binary = 0;
  size_t placeholders = 0;
};

/// As deep as the parser let it be.
void count(const json& value, tally& found) {
  found.binary += value.is_binary();
  if (!value.is_structured())
    return;
  if (value.is_object()) {
    auto mark = value.find("_placeholder");
    found.placeholders += mark != value.end() && *mark == true;
  }
  for (const auto& part : value)
    count(part, found);
}

/// True if a text packet with attachments can say it.
bool can_be_split(const json& data) {
  auto found = tally{};
  count(data, found);
  return found.binary <= attachments_max && (found.binary == 0 || found.placeholders == 0);
}

/// A packet's beginning, with so many keys.
std::string map_of(size_t keys) {
  std::string out;
  append_msgpack_map(out, keys);
  return out;
}

void append_type(std::string& out, packet_type type) {
  append_msgpack_text(out, "type");
  out += static_cast<char>(static_cast<char>(type) - '0');
}

void append_id(std::string& out, uint64_t id) {
  append_msgpack_text(out, "id");
  append_msgpack(out, id);
}

void append_nsp(std::string& out, std::string_view nsp) {
  append_msgpack_text(out, "nsp");
  append_msgpack_text(out, nsp);
}

void append_all(std::string& out, std::span<const json> values) {
  for (const auto& value : values)
    append_msgpack(out, value);
}

/// Null data is left out.
std::string packet_of(packet_type type, const json& data, std::string_view nsp) {
  auto out = map_of(data.is_null() ? 2 : 3);
  append_type(out, type);
  if (!data.is_null()) {
    append_msgpack_text(out, "data");
    append_msgpack(out, data);
  }
  append_nsp(out, nsp);
  return out;
}

} // namespace

result<packet> decode(std::string_view bytes, json_limits limits) {
  auto fields = parse_msgpack(bytes, {.depth_max = limits.depth_max + 1, .elements_max = limits.elements_max});
  if (!fields)
    return fields.error();
  if (!fields->is_object())
    return invalid("a packet is a map");
  packet out;

  auto type = type_in(*fields);
  if (!type)
    return invalid("unknown packet type");
  out.type = *type;

  auto nsp = fields->find("nsp");
  if (nsp == fields->end() || !nsp->is_string() || !is_nsp(nsp->get_ref<const std::string&>()))
    return invalid("illegal namespace");
  out.nsp = std::move(nsp->get_ref<std::string&>());

  if (auto id = fields->find("id"); id != fields->end()) {
    if (!id->is_number_unsigned() || id->get<uint64_t>() >= id_end)
      return invalid("illegal id");
    out.id = id->get<uint64_t>();
  }

  auto data = fields->find("data");
  if (data == fields->end() ? !may_lack_payload(*type) : !is_payload(*type, *data) || !can_be_split(*data))
    return invalid("invalid payload");
  if (data != fields->end())
    out.data = std::move(*data);
  return out;
}

std::string connect_packet(std::string_view nsp, const json& data) {
  return packet_of(packet_type::connect, data, nsp);
}

std::string connect_error_packet(std::string_view nsp, std::string_view message, const json& data) {
  auto what = json{{"message", message}};
  if (!data.is_null())
    what["data"] = data;
  return packet_of(packet_type::connect_error, what, nsp);
}

std::string disconnect_packet(std::string_view nsp) {
  return packet_of(packet_type::disconnect, nullptr, nsp);
}

std::string event_packet(std::string_view nsp, std::string_view event, std::span<const json> args, std::optional<uint64_t> id) {
  auto out = map_of(id ? 4 : 3);
  append_type(out, packet_type::event);
  append_msgpack_text(out, "data");
  append_msgpack_array(out, args.size() + 1);
  append_msgpack_text(out, event);
  append_all(out, args);
  if (id)
    append_id(out, *id);
  append_nsp(out, nsp);
  return out;
}

std::string ack_packet(std::string_view nsp, uint64_t id, std::span<const json> args) {
  auto out = map_of(4);
  append_id(out, id);
  append_type(out, packet_type::ack);
  append_msgpack_text(out, "data");
  append_msgpack_array(out, args.size());
  append_all(out, args);
  append_nsp(out, nsp);
  return out;
}

} // namespace stentor::socketio::msgpack
