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

template <class Word>
const Word& row(std::span<const Word> own, std::span<const Word> fallback, size_t kind) {
  auto found = std::ranges::find(own, kind, &Word::kind);
  return found != own.end() ? *found : *std::ranges::find(fallback, kind, &Word::kind);
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
  return row(in.out, colon.out, what.what.index());
}

const outbound_hint& word_for(const table& in, const hint& what) {
  return row(in.hints, colon.hints, what.what.index());
}

bool is_for(room_scope scope, room_kind kind) {
  return scope == room_scope::any || kind == room_kind::channel;
}

std::string_view text_for(const inbound& word, const failure& why) {
  auto found = std::ranges::find(word.failures, why.code, &wording::code);
  return found == word.failures.end() ? std::string_view{why.detail} : found->text;
}

} // namespace stentor::dialect
