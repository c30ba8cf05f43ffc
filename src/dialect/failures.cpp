#include "dialect/failures.hpp"

#include "base/utf8_beginning.hpp"

namespace stentor::dialect {
namespace {

/// When a client that was told to come back may do so.
constexpr int64_t retry_after_ms = 1000;
constexpr size_t shown_event_bytes_max = 64;

std::string beginning_of(std::string_view event) {
  return std::string{utf8_beginning(event, shown_event_bytes_max)};
}

std::string_view text_of(const inbound* word, const failure& why) {
  return word ? text_for(*word, why) : std::string_view{why.detail};
}

/// The reason, where the word's own text hides it, and when to come back.
void add_advice(json& shown, const inbound* word, const failure& why) {
  if (why.code == errc::bad_request && text_of(word, why) != why.detail)
    shown["detail"] = why.detail;
  if (retryable(why.code))
    shown["retryAfter"] = why.retry_after.count() > 0 ? why.retry_after.count() : retry_after_ms;
}

} // namespace

failure unknown_event(std::string_view event) {
  return {errc::unknown_event, "Unknown event " + beginning_of(event)};
}

json failure_acknowledged(const inbound* word, const failure& why) {
  auto shown = json{{"ok", false}, {"error", text_of(word, why)}, {"code", name(why.code)}};
  add_advice(shown, word, why);
  return shown;
}

json failure_told(const inbound* word, const failure& why, std::string_view event, const json& payload) {
  auto shown = json{{"message", text_of(word, why)}, {"code", name(why.code)}, {"event", beginning_of(event)}};
  add_advice(shown, word, why);
  if (retryable(why.code))
    shown["data"] = payload;
  if (payload.is_object())
    for (auto key : {"clientMessageId", "clientOpId"})
      if (payload.contains(key))
        shown[key] = payload[key];
  return shown;
}

} // namespace stentor::dialect
