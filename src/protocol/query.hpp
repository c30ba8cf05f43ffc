#pragma once

// The query of a URL: `name=value&name=value…`, percent-encoded.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stentor {

/// The percent-decoded value of `name` in a query string; `fallback` if it is absent. '+' is a space.
std::string query_value(std::string_view query, std::string_view name, std::string_view fallback = {});
/// All of them, decoded, in their order.
std::vector<std::pair<std::string, std::string>> query_values(std::string_view query);
/// Decodes percent escapes; a broken escape stays as it is.
std::string percent_decoded(std::string_view text, bool plus_is_space = false);

} // namespace stentor
