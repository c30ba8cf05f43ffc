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

/// Through the encoder that the server answers with.
std::string answer(const packet& got) {
  auto args = got.data.dump();
  return ack_packet(got.nsp, got.id.value_or(0), std::string_view{args}.substr(1, args.size() - 2));
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
  if (got->data.is_array()) {
    auto ack = decode(answer(*got));
    fuzz::check(ack && ack->data == got->data);
  }
  return 0;
}
