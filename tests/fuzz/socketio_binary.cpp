// Messages of one connection, apart by a byte 0xff, binary ones with a 'b' in front: whatever comes, what is decoded is within its
// bounds, and comes back the same when it is encoded and decoded once more.

#include "protocol/socketio_binary.hpp"

#include "check.hpp"

namespace stentor::socketio {
namespace {

constexpr size_t bytes_max = 10'000;

size_t binary_bytes(const json& value) {
  if (value.is_binary())
    return value.get_binary().size();
  size_t all = 0;
  if (value.is_structured())
    for (const auto& part : value)
      all += binary_bytes(part);
  return all;
}

void check_again(const packet& got) {
  auto sent = encode_ack(got.nsp, got.id.value_or(0), std::span{got.data.get_ref<const json::array_t&>()});
  auto to = decoder({.depth_max = 64}, size_t{1} << 20);
  auto again = to.on_text(sent.text);
  for (const auto& attachment : sent.attachments) {
    fuzz::check(again && !*again);
    again = to.on_binary(attachment);
  }
  fuzz::check(again && *again && (**again).data == got.data);
}

} // namespace
} // namespace stentor::socketio

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace stentor;
  using namespace stentor::socketio;
  auto rest = std::string_view{reinterpret_cast<const char*>(data), size};
  auto connection = decoder({}, bytes_max);
  while (!rest.empty()) {
    auto message = rest.substr(0, rest.find('\xff'));
    rest.remove_prefix(std::min(message.size() + 1, rest.size()));
    auto got = message.starts_with('b') ? connection.on_binary(message.substr(1)) : connection.on_text(message);
    if (!got)
      return 0;
    if (*got) {
      fuzz::check(binary_bytes((**got).data) <= bytes_max);
      if ((**got).data.is_array())
        check_again(**got);
    }
  }
  return 0;
}
