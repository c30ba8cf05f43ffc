#include "dialect/dialect.hpp"

#include <algorithm>
#include <unordered_map>

namespace stentor::dialect {
namespace {

constexpr const table* tables[] = {&colon, &snake};

std::unordered_map<std::string_view, heard> index_words() {
  std::unordered_map<std::string_view, heard> words;
  for (const auto* dialect : tables)
    for (const auto& word : dialect->in)
      words.emplace(word.name, heard{dialect, &word});
  return words;
}

const outbound* row(const table& in, size_t kind) {
  auto found = std::ranges::find(in.out, kind, &outbound::kind);
  return found == in.out.end() ? nullptr : &*found;
}

} // namespace

std::span<const table* const> all() {
  return tables;
}

size_t number(const table& of) {
  return static_cast<size_t>(std::ranges::find(tables, &of) - std::begin(tables));
}

heard find(std::string_view event) {
  static const auto words = index_words();
  auto found = words.find(event);
  return found == words.end() ? heard{} : found->second;
}

const outbound& word_for(const table& in, const event& what) {
  auto* own = row(in, what.what.index());
  return own ? *own : *row(colon, what.what.index());
}

std::string_view text_for(const inbound& word, const failure& why) {
  auto found = std::ranges::find(word.failures, why.code, &wording::code);
  return found == word.failures.end() ? std::string_view{why.detail} : found->text;
}

} // namespace stentor::dialect
