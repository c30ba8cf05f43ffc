#pragma once

// What a client is told of a question that failed. Every dialect has the same fields; the text is the word's own.

#include "dialect/dialect.hpp"

#include <string_view>

namespace stentor::dialect {

/// No dialect knows the event, whose name may be long.
failure unknown_event(std::string_view event);

/// As an acknowledgement: `{ok: false, error, code, detail?, retryAfter?}`. `word` may be null: the event is unknown.
json failure_acknowledged(const inbound* word, const failure& why);

/// As the event `error`: `{message, code, event, detail?, retryAfter?, data?}` and what the client has named its question by.
/// `data` is what it may send again.
json failure_told(const inbound* word, const failure& why, std::string_view event, const json& payload);

} // namespace stentor::dialect
