#pragma once

// Numbers in the query of a request.

#include "base/result.hpp"
#include "net/http.hpp"

#include <cstdint>

namespace stentor::api {

constexpr uint64_t id_max = (uint64_t{1} << 53) - 1;

/// A number of the query, `fallback` if it is absent; `bad_request`.
result<uint64_t> query_number(const http_request& request, std::string_view name, uint64_t fallback, uint64_t least, uint64_t most);
/// How many the caller wants at once, at most `most`.
result<uint64_t> page_limit(const http_request& request, uint64_t most);

} // namespace stentor::api
