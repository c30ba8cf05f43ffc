#pragma once

// Base64 (RFC 4648): with padding, or in the URL alphabet and without (JWT, ids).

#include "base/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace stentor::base64 {

enum class alphabet : uint8_t { standard, url };

std::string encode(std::string_view bytes, alphabet letters = alphabet::standard);

/// The bytes for which encode() gives exactly `text`; `bad_request` if there are none (white space, wrong padding, stray bits).
result<std::string> decode(std::string_view text, alphabet letters = alphabet::standard);

} // namespace stentor::base64
