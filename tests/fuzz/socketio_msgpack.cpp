// What the decoder accepts is within its bounds, can be sent to clients of either parser, and comes back the same when it is encoded
// and decoded once more.

#include "protocol/socketio_msgpack.hpp"
#include "protocol/msgpack.hpp"
#include "protocol/socketio_binary.hpp"
#include "protocol/utf8.hpp"

#include "check.hpp"

namespace stentor::socketio {
namespace {

bool is_same(const packet& a, const packet& b) {
  return a.type == b.type && a.nsp == b.nsp && a.id == b.id && a.attachments == b.attachments && a.data == b.data;
}

std::string write(const packet& what) {
  auto fields = json{{"type", static_cast<char>(what.type) - '0'}, {"nsp", what.nsp}};
  if (what.id)
    fields["id"] = *what.id;
  if (!what.data.is_null())
    fields["data"] = what.data;
  std::string out;
  append_msgpack(out, fields);
  return out;
}

/// By the encoder for its type, if that has one for such data.
std::optional<std::string> encode(const packet& what) {
  switch (what.type) {
    case packet_type::connect: return msgpack::connect_packet(what.nsp, what.data);
    case packet_type::disconnect: return msgpack::disconnect_packet(what.nsp);
    case packet_type::event: {
      if (!what.data[0].is_string())
        return std::nullopt;
      const auto& list = what.data.get_ref<const json::array_t&>();
      return msgpack::event_packet(what.nsp, list[0].get<std::string>(), std::span{list}.subspan(1), what.id);
    }
    case packet_type::ack:
      if (!what.id)
        return std::nullopt;
      return msgpack::ack_packet(what.nsp, *what.id, what.data.get_ref<const json::array_t&>());
    default: return std::nullopt;
  }
}

void check_bounds(const packet& got) {
  fuzz::check(got.type <= packet_type::connect_error && got.attachments == 0);
  fuzz::check(got.nsp.starts_with('/') && got.nsp.size() <= nsp_bytes_max && got.nsp.find(',') == std::string::npos && is_utf8(got.nsp));
  fuzz::check(!got.id || *got.id < 1'000'000'000'000'000);
  if (got.type == packet_type::event)
    fuzz::check(got.data.at(0).is_number() || !is_reserved(got.data.at(0).get<std::string>()));
}

/// A decoder of the JSON parser takes it, and `dump` does not throw.
void check_as_text(const packet& got) {
  if (got.type != packet_type::ack && got.type != packet_type::event)
    return;
  auto sent = encode_ack(got.nsp, got.id.value_or(0), got.data.get_ref<const json::array_t&>());
  auto client = decoder({.depth_max = 64, .elements_max = 100'000}, size_t{1} << 24);
  auto heard = client.on_text(sent.text);
  for (const auto& attachment : sent.attachments) {
    fuzz::check(heard && !*heard);
    heard = client.on_binary(attachment);
  }
  fuzz::check(heard && *heard && (**heard).data == got.data);
}

} // namespace
} // namespace stentor::socketio

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace stentor;
  using namespace stentor::socketio;
  auto got = msgpack::decode({reinterpret_cast<const char*>(data), size});
  if (!got) {
    fuzz::check(got.error().code == errc::bad_request || got.error().code == errc::too_large);
    return 0;
  }
  check_bounds(*got);
  auto again = msgpack::decode(write(*got));
  fuzz::check(again && is_same(*again, *got));
  if (auto bytes = encode(*got)) {
    auto encoded = msgpack::decode(*bytes);
    fuzz::check(encoded && is_same(*encoded, *got));
  }
  check_as_text(*got);
  return 0;
}
