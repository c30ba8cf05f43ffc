// What the decoder accepts is within its bounds, and comes back the same when it is written and read once more.

#include "protocol/socketio.hpp"

#include "check.hpp"

namespace stentor::socketio {
namespace {

std::string write(const packet& what) {
  std::string out(1, static_cast<char>(what.type));
  if (what.attachments)
    out += std::to_string(what.attachments) + '-';
  out += what.nsp + ',';
  if (what.id)
    out += std::to_string(*what.id);
  return what.data.is_null() ? out : out + what.data.dump();
}

bool is_binary(packet_type type) {
  return type == packet_type::binary_event || type == packet_type::binary_ack;
}

void check_bounds(const packet& got) {
  fuzz::check(got.nsp.starts_with('/') && got.nsp.size() <= nsp_bytes_max && got.nsp.find(',') == std::string::npos);
  fuzz::check(!got.id || *got.id < 1'000'000'000'000'000);
  fuzz::check(got.attachments <= attachments_max && (got.attachments > 0) == is_binary(got.type));
  if ((got.type == packet_type::event || got.type == packet_type::binary_event) && !got.data.is_null())
    fuzz::check(got.data.at(0).is_number() || !is_reserved(got.data.at(0).get<std::string>()));
}

/// The elements of `list` as an encoder takes them: JSON without brackets.
std::string args(const json& list) {
  auto text = list.dump();
  return text.substr(1, text.size() - 2);
}

void check_encoders(const packet& got) {
  constexpr json_limits one_deeper{.depth_max = 33, .elements_max = 10'010};
  auto error = decode(connect_error_packet(got.nsp, "no", got.data), one_deeper);
  fuzz::check(error && error->nsp == got.nsp && error->data.value("data", json{}) == got.data);
  if (!got.data.is_array())
    return;
  auto ack = decode(ack_packet(got.nsp, got.id.value_or(0), args(got.data)));
  fuzz::check(ack && ack->nsp == got.nsp && ack->id == got.id.value_or(0) && ack->data == got.data);
  if (got.data.empty() || !got.data[0].is_string() || is_reserved(got.data[0].get<std::string>()))
    return;
  auto rest = got.data;
  rest.erase(0);
  auto event = decode(event_packet(got.nsp, got.data[0].get<std::string>(), args(rest), got.id));
  fuzz::check(event && event->nsp == got.nsp && event->id == got.id && event->data == got.data);
}

} // namespace
} // namespace stentor::socketio

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace stentor;
  using namespace stentor::socketio;
  auto got = decode({reinterpret_cast<const char*>(data), size});
  if (!got) {
    fuzz::check(got.error().code == errc::bad_request || got.error().code == errc::too_large);
    return 0;
  }
  check_bounds(*got);
  auto again = decode(write(*got));
  fuzz::check(again && again->type == got->type && again->nsp == got->nsp && again->id == got->id &&
              again->attachments == got->attachments && again->data == got->data);
  check_encoders(*got);
  return 0;
}
