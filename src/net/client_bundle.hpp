#pragma once

#include "net/http.hpp"

#include <optional>
#include <string_view>

namespace stentor {

/// The official client for browsers, as the npm package `socket.io` brings it along, built into the program.
///
/// The answer to a request for `name` (`socket.io.min.js`), or nothing if the bundle has no such file.
std::optional<http_response> client_bundle_answer(std::string_view name, const http_request& request);

} // namespace stentor
