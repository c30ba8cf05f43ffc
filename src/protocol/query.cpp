#include "protocol/query.hpp"

#include <algorithm>
#include <charconv>

namespace stentor {

std::string percent_decoded(std::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    unsigned code = 0;
    if (text[i] == '%' && i + 2 < text.size() && std::from_chars(&text[i + 1], &text[i + 1] + 2, code, 16).ptr == &text[i + 1] + 2) {
      out += static_cast<char>(code);
      i += 2;
    } else
      out += text[i] == '+' && plus_is_space ? ' ' : text[i];
  }
  return out;
}

std::vector<std::pair<std::string, std::string>> query_values(std::string_view query) {
  std::vector<std::pair<std::string, std::string>> all;
  while (!query.empty()) {
    auto field = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(field.size() + 1, query.size()));
    auto key = field.substr(0, field.find('='));
    auto value = field.substr(std::min(key.size() + 1, field.size()));
    if (!field.empty())
      all.emplace_back(percent_decoded(key, true), percent_decoded(value, true));
  }
  return all;
}

std::string query_value(std::string_view query, std::string_view name, std::string_view fallback) {
  while (!query.empty()) {
    auto field = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(field.size() + 1, query.size()));
    auto key = field.substr(0, field.find('='));
    if (percent_decoded(key, true) == name)
      return key.size() == field.size() ? std::string{} : percent_decoded(field.substr(key.size() + 1), true);
  }
  return std::string{fallback};
}

} // namespace stentor
