#pragma once

#include "base/settings.hpp"

#include <spdlog/formatter.h>
#include <spdlog/logger.h>

#include <memory>

namespace stentor::log {

/// One for the process, and not spdlog's default one, which is the application's: `log::logger().info("room {} loaded", id)`.
/// One event is one line on stderr. Never log a message's content, a token or a secret. Any thread.
spdlog::logger& logger();

/// Sets log.level and log.format. Any thread; the last one counts.
void start(const log_settings& how);

/// `2026-11-21T07:48:16.123Z info  text`; control characters in the text are escaped.
std::unique_ptr<spdlog::formatter> text_formatter();

/// `{"time":"2026-11-21T07:48:16.123Z","level":"info","logger":"stentor","message":"text"}`
std::unique_ptr<spdlog::formatter> json_formatter();

} // namespace stentor::log
