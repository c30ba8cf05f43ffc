#include "base/settings.hpp"

#include "base/text_file.hpp"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <optional>
#include <set>

namespace stentor {
namespace {

/// What the file says about one key.
struct entry {
  unsigned line;
  std::string name;
  const toml::node* node;
};

std::string_view kind(const toml::node& node) {
  switch (node.type()) {
    case toml::node_type::table: return "a table";
    case toml::node_type::array: return "a list of other things";
    case toml::node_type::string: return "a text";
    case toml::node_type::integer: return "an integer";
    case toml::node_type::floating_point: return "a number with a fraction";
    case toml::node_type::boolean: return "true or false";
    default: return "a date or time";
  }
}

/// Nothing if no key takes such a thing.
std::optional<setting_value> value_of(const toml::node& node) {
  if (auto number = node.as_integer())
    return number->get();
  if (auto flag = node.as_boolean())
    return flag->get();
  if (auto text = node.as_string())
    return text->get();
  std::vector<std::string> texts;
  if (!node.is_array() || !std::ranges::all_of(*node.as_array(), [](const auto& item) { return item.is_string(); }))
    return std::nullopt;
  for (const auto& item : *node.as_array())
    texts.push_back(item.as_string()->get());
  return texts;
}

void add_entries(std::vector<entry>& entries, const std::string& path, const toml::table& table) {
  for (const auto& [key, node] : table) {
    auto name = path.empty() ? std::string(key.str()) : fmt::format("{}.{}", path, key.str());
    const auto* inner = node.as_table();
    if (inner && !inner->empty() && !find_setting(name))
      add_entries(entries, name, *inner);
    else
      entries.push_back({node.source().begin.line, std::move(name), &node});
  }
}

/// The keys of the file in the order of its lines, so that the first mistake is the one reported.
std::vector<entry> entries_of(const toml::table& file) {
  std::vector<entry> entries;
  add_entries(entries, {}, file);
  std::ranges::sort(entries, {}, &entry::line);
  return entries;
}

std::string names_in(std::string_view section) {
  std::string sections, keys;
  std::set<std::string_view> seen;
  for (const auto& key : setting_keys()) {
    if (key.section() == section)
      keys += fmt::format("{}{}", keys.empty() ? "" : ", ", key.key());
    if (seen.insert(key.section()).second)
      sections += fmt::format("{}{}", sections.empty() ? "the sections " : ", ", key.section());
  }
  return keys.empty() ? sections : keys;
}

bool an_empty_section(const entry& what) {
  return what.node->is_table() && std::ranges::count(setting_keys(), std::string_view(what.name), &setting_key::section) > 0;
}

result<settings> with_entry(settings base, const entry& what, const std::string& path) {
  auto where = fmt::format("{}:{}", path, what.line);
  const auto* key = find_setting(what.name);
  if (!key)
    return refuse(where, what.name, "an unknown key", names_in(what.name.substr(0, what.name.find('.'))));
  if (auto value = value_of(*what.node))
    return with_value(std::move(base), *key, *value, where);
  return refuse(where, key->name, kind(*what.node), allowed_values(*key));
}

} // namespace

result<settings> with_file(settings base, const std::string& path) {
  auto text = read_text_file(path);
  if (!text)
    return text.error();
  toml::table file;
  try {
    file = toml::parse(*text, path);
  } catch (const toml::parse_error& error) {
    return failure{errc::bad_request, fmt::format("{}:{}: {}", path, error.source().begin.line, error.description())};
  }
  for (const auto& what : entries_of(file)) {
    if (an_empty_section(what))
      continue;
    auto next = with_entry(std::move(base), what, path);
    if (!next)
      return next;
    base = *std::move(next);
  }
  return base;
}

} // namespace stentor
