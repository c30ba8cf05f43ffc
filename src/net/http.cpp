#include "net/http.hpp"

#include <charconv>

namespace stentor {

void http_headers::add(std::string_view name, std::string_view value) {
  packed_.append(name).push_back('\0');
  packed_.append(value).push_back('\0');
}

namespace {

/// Calls `visit(name, value)` until it returns false.
template <class Visit>
void each(std::string_view packed, Visit visit) {
  while (!packed.empty()) {
    auto name = packed.substr(0, packed.find('\0'));
    packed.remove_prefix(name.size() + 1);
    auto value = packed.substr(0, packed.find('\0'));
    packed.remove_prefix(value.size() + 1);
    if (!visit(name, value))
      return;
  }
}

} // namespace

std::string_view http_headers::get(std::string_view name) const {
  std::string_view found;
  each(packed_, [&](auto n, auto v) {
    if (n != name)
      return true;
    found = v;
    return false;
  });
  return found;
}

size_t http_headers::count(std::string_view name) const {
  size_t n = 0;
  each(packed_, [&](auto x, auto) {
    n += x == name;
    return true;
  });
  return n;
}

http_response error_answer(unsigned status, std::string_view name, std::string_view message, json details) {
  auto body =
    json{{"data", nullptr}, {"error", {{"status", status}, {"name", name}, {"message", message}, {"details", std::move(details)}}}};
  return {.status = status, .body = body.dump(-1, ' ', false, json::error_handler_t::replace), .headers = {}};
}

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

std::string_view cookie_value(std::string_view header, std::string_view name) {
  while (!header.empty()) {
    auto field = header.substr(0, header.find(';'));
    header.remove_prefix(std::min(field.size() + 1, header.size()));
    field.remove_prefix(std::min(field.find_first_not_of(' '), field.size()));
    if (field.starts_with(name) && field.substr(name.size()).starts_with('='))
      return field.substr(name.size() + 1);
  }
  return {};
}

} // namespace stentor
