#pragma once

#include <string>
#include <string_view>

namespace stentor {

/// True if an Accept-Encoding header lets us answer in gzip.
bool takes_gzip(std::string_view accept_encoding);

/// `bytes` as a gzip file, compressed quickly rather than well.
std::string gzip(std::string_view bytes);

} // namespace stentor
