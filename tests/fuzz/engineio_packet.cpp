#include "protocol/engineio.hpp"

#include "check.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace stentor;
  std::string_view text{reinterpret_cast<const char*>(data), size};
  auto packet = engineio::decode(text);
  fuzz::check(static_cast<bool>(packet) == (!text.empty() && std::string_view{"0123456"}.find(text[0]) != std::string_view::npos));
  if (packet)
    fuzz::check(static_cast<char>(packet->type) == text[0] && packet->data == text.substr(1));
  return 0;
}
