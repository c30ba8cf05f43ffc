#include "net/compression.hpp"

#include <zlib.h>

#include <algorithm>
#include <new>
#include <optional>

namespace stentor {
namespace {

/// Cuts what stands before `separator` off `rest`, without blanks around it.
std::string_view take(std::string_view& rest, char separator) {
  auto part = rest.substr(0, rest.find(separator));
  rest.remove_prefix(std::min(part.size() + 1, rest.size()));
  part.remove_prefix(std::min(part.find_first_not_of(' '), part.size()));
  part.remove_suffix(part.size() - (part.find_last_not_of(' ') + 1));
  return part;
}

/// `q=0`, `q=0.000`
bool is_refusal(std::string_view parameter) {
  return parameter.starts_with("q=0") && parameter.find_first_not_of(".0", 2) == parameter.npos;
}

} // namespace

coding coding_for(std::string_view accept_encoding) {
  std::optional<bool> gzip, deflate, all_others;
  while (!accept_encoding.empty()) {
    auto one = take(accept_encoding, ',');
    auto named = take(one, ';');
    auto& taken = named == "gzip" ? gzip : named == "deflate" ? deflate : all_others;
    if (&taken != &all_others || named == "*")
      taken = !is_refusal(take(one, ';'));
  }
  auto others = all_others.value_or(false);
  return gzip.value_or(others) ? coding::gzip : deflate.value_or(others) ? coding::deflate : coding::none;
}

std::string compressed(std::string_view bytes, coding how) {
  const auto window = how == coding::gzip ? MAX_WBITS + 16 : MAX_WBITS;
  constexpr auto memory_level = 8;
  auto stream = z_stream{};
  if (deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, window, memory_level, Z_DEFAULT_STRATEGY) != Z_OK)
    throw std::bad_alloc{};
  std::string out(deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data())); // zlib reads it only
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH); // there is room for all of it
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

} // namespace stentor
