#pragma once

#include "base/settings.hpp"

#include <spdlog/formatter.h>

#include <memory>

/// The program logs through spdlog's default logger: `spdlog::info("room {} loaded", id)`.
/// One event is one line on stderr. Never log a message's content, a token or a secret.
namespace stentor::log {

/// Makes the default logger from log.level and log.format. Call once, before other threads start.
void start(const log_settings& how);

/// `2026-11-21T07:48:16.123Z info  text`; control characters in the text are escaped.
std::unique_ptr<spdlog::formatter> text_formatter();

/// `{"time":"2026-11-21T07:48:16.123Z","level":"info","logger":"stentor","message":"text"}`
std::unique_ptr<spdlog::formatter> json_formatter();

} // namespace stentor::log
