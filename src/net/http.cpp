#include "net/http.hpp"

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

std::vector<std::pair<std::string, std::string>> http_headers::all() const {
  std::vector<std::pair<std::string, std::string>> found;
  each(packed_, [&](auto name, auto value) {
    found.emplace_back(name, value);
    return true;
  });
  return found;
}

http_response error_answer(unsigned status, std::string_view name, std::string_view message, json details) {
  auto body =
    json{{"data", nullptr}, {"error", {{"status", status}, {"name", name}, {"message", message}, {"details", std::move(details)}}}};
  return {.status = status, .body = body.dump(-1, ' ', false, json::error_handler_t::replace), .headers = {}};
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
