#include "base/settings.hpp"

#include "base/overloaded.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <filesystem>

namespace stentor {
namespace {

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    auto end = std::min(text.find(separator), text.size());
    auto part = text.substr(0, end);
    part.remove_prefix(std::min(part.find_first_not_of(' '), part.size()));
    part.remove_suffix(part.size() - (part.find_last_not_of(' ') + 1));
    if (!part.empty())
      parts.emplace_back(part);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

bool allows(const setting_rule& rule, const std::string& text) {
  if (rule.valid)
    return rule.valid(text);
  return rule.choices.empty() || std::ranges::count(split(rule.choices, '|'), text) == 1;
}

std::string in_toml(std::string_view text) {
  std::string out = "\"";
  for (auto c : text) {
    if (c == '"' || c == '\\')
      out += '\\';
    out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  return out + '"';
}

std::string in_toml(const std::vector<std::string>& texts) {
  std::string out;
  for (const auto& text : texts)
    out += (out.empty() ? "" : ", ") + in_toml(text);
  return fmt::format("[{}]", out);
}

std::string shown(const setting_key& key, const setting_value& value) {
  if (key.rule.secret)
    return "a value that is not shown here";
  auto text = std::visit(overloaded{
                           [](int64_t number) { return std::to_string(number); },
                           [](bool flag) { return std::string(flag ? "true" : "false"); },
                           [](const auto& texts) { return in_toml(texts); },
                         },
                         value);
  constexpr size_t longest = 80;
  return text.size() <= longest ? text : text.substr(0, longest) + "...";
}

/// What the text says if it is of the key's type, else the text itself, which the key then refuses.
setting_value read(const setting_key& key, std::string_view text) {
  if (std::holds_alternative<setting_of<std::vector<std::string>>>(key.member)) {
    auto parts = split(text, ',');
    for (auto& part : parts) // people end an origin with a slash; browsers never send one
      part.erase(part.find_last_not_of('/') + 1);
    return parts;
  }
  if (std::holds_alternative<setting_of<bool>>(key.member) && (text == "true" || text == "false"))
    return text == "true";
  int64_t number = 0;
  if (std::holds_alternative<setting_of<uint64_t>>(key.member)) {
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error == std::errc{} && end == text.data() + text.size())
      return number;
  }
  return std::string(text);
}

/// Sets the member if the value is of its type and allowed; says whether it was.
struct assign {
  settings& all;
  const setting_rule& rule;

  bool operator()(setting_of<uint64_t> member, int64_t number) const {
    if (number < 0 || static_cast<uint64_t>(number) < rule.least || static_cast<uint64_t>(number) > rule.most)
      return false;
    member(all) = static_cast<uint64_t>(number);
    return true;
  }
  bool operator()(setting_of<bool> member, bool flag) const {
    member(all) = flag;
    return true;
  }
  bool operator()(setting_of<std::string> member, const std::string& text) const {
    member(all) = text;
    return allows(rule, text);
  }
  bool operator()(setting_of<std::vector<std::string>> member, const std::vector<std::string>& texts) const {
    member(all) = texts;
    return std::ranges::all_of(texts, [this](const auto& text) { return allows(rule, text); });
  }
  template <class Member, class Value>
  bool operator()(Member, const Value&) const {
    return false;
  }
};

} // namespace

const setting_key* find_setting(std::string_view name) {
  auto at = std::ranges::find(setting_keys(), name, &setting_key::name);
  return at == setting_keys().end() ? nullptr : &*at;
}

std::string allowed_values(const setting_key& key) {
  const auto& rule = key.rule;
  if (std::holds_alternative<setting_of<uint64_t>>(key.member))
    return fmt::format("{} to {}", rule.least, rule.most);
  if (std::holds_alternative<setting_of<bool>>(key.member))
    return "true, false";
  if (!rule.choices.empty())
    return fmt::format("{}", fmt::join(split(rule.choices, '|'), ", "));
  return rule.words.empty() ? "any text" : std::string(rule.words);
}

std::string toml_value(const setting_key& key, const settings& from) {
  auto copy = from;
  return std::visit(overloaded{
                      [&](setting_of<uint64_t> member) { return std::to_string(member(copy)); },
                      [&](setting_of<bool> member) { return std::string(member(copy) ? "true" : "false"); },
                      [&](auto member) { return in_toml(member(copy)); },
                    },
                    key.member);
}

failure refuse(std::string_view where, std::string_view name, std::string_view found, std::string_view allowed) {
  return {errc::bad_request, fmt::format("{}: key '{}': found {}, allowed {}", where, name, found, allowed)};
}

result<settings> with_value(settings base, const setting_key& key, const setting_value& value, std::string_view where) {
  if (std::visit(assign{base, key.rule}, key.member, value))
    return base;
  return refuse(where, key.name, shown(key, value), allowed_values(key));
}

result<settings> with_text(settings base, std::string_view name, std::string_view text, std::string_view where) {
  if (const auto* key = find_setting(name))
    return with_value(std::move(base), *key, read(*key, text), where);
  return refuse(where, name, "an unknown key", "the keys that --help lists");
}

result<settings> with_environment(settings base, const environment& variables) {
  struct row {
    std::string_view variable, key;
  };
  constexpr row rows[] = {{"DATABASE_URL", "store.url"}, {"JWT_SECRET", "auth.secret"},    {"HOST", "server.host"},
                          {"PORT", "server.port"},       {"FRONTEND_URL", "cors.origins"}, {"CLIENT_URL", "cors.origins"}};
  std::vector<std::string> origins;
  for (const auto& [variable, key] : rows) {
    auto at = variables.find(variable);
    if (at == variables.end() || at->second.empty())
      continue;
    auto next = with_text(std::move(base), key, at->second, fmt::format("environment {}", variable));
    if (!next)
      return next;
    base = *std::move(next);
    if (key == "cors.origins") {
      origins.insert(origins.end(), base.cors.origins.begin(), base.cors.origins.end());
      base.cors.origins = origins;
    }
  }
  return base;
}

std::string database_url(const settings& of) {
  if (!of.store.url.empty())
    return of.store.url;
  return "sqlite://" + (std::filesystem::absolute(of.server.data_dir) / "stentor.db").lexically_normal().string();
}

} // namespace stentor
