#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace stentor {

/// How the body of an answer is compressed.
enum class coding : uint8_t { none, gzip, deflate };

/// As Content-Encoding names it.
constexpr std::string_view name(coding how) {
  constexpr std::string_view names[] = {"identity", "gzip", "deflate"};
  return names[static_cast<size_t>(how)];
}

/// Whether something that is sent is worth compressing. The answer to a poll is, if anything in it is.
enum class compression : uint8_t { off, on };

/// The best that an Accept-Encoding header lets us use.
coding coding_for(std::string_view accept_encoding);

/// `bytes` as a gzip file or a zlib stream, compressed quickly rather than well.
std::string compressed(std::string_view bytes, coding how);

} // namespace stentor
