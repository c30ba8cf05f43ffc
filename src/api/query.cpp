#include "api/query.hpp"

#include <algorithm>
#include <charconv>

namespace stentor::api {

result<uint64_t> query_number(const http_request& request, std::string_view name, uint64_t fallback, uint64_t least, uint64_t most) {
  auto text = query_value(request.query, name);
  if (text.empty())
    return fallback;
  auto value = uint64_t{0};
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < least || value > most)
    return failure{errc::bad_request,
                   std::string{name} + " must be a number from " + std::to_string(least) + " to " + std::to_string(most)};
  return value;
}

result<uint64_t> page_limit(const http_request& request, uint64_t most) {
  constexpr auto usual = uint64_t{50};
  return query_number(request, "limit", std::min(usual, most), 1, most);
}

} // namespace stentor::api
