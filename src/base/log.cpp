#include "base/log.hpp"

#include "base/clock.hpp"
#include "base/json.hpp"

#include <spdlog/sinks/ansicolor_sink.h>

#include <unistd.h>

#include <iterator>

namespace stentor::log {
namespace {

std::string time_of(const spdlog::details::log_msg& event) {
  return iso8601(std::chrono::time_point_cast<std::chrono::milliseconds>(event.time));
}

std::string_view view(spdlog::string_view_t text) {
  return {text.data(), text.size()};
}

void append(spdlog::memory_buf_t& line, std::string_view text) {
  line.append(text.data(), text.data() + text.size());
}

/// As log.level spells it.
std::string_view level_name(spdlog::level::level_enum level) {
  return level == spdlog::level::warn ? "warn" : view(spdlog::level::to_string_view(level));
}

/// Valid JSON whatever the bytes are: broken UTF-8 becomes U+FFFD.
std::string json_string(std::string_view text) {
  return json(text).dump(-1, ' ', false, json::error_handler_t::replace);
}

class as_text : public spdlog::formatter {
public:
  void format(const spdlog::details::log_msg& event, spdlog::memory_buf_t& line) override {
    append(line, time_of(event) + ' ');
    event.color_range_start = line.size();
    fmt::format_to(std::back_inserter(line), "{:<5}", level_name(event.level));
    event.color_range_end = line.size();
    line.push_back(' ');
    for (auto c : view(event.payload))
      append_printable(line, c);
    line.push_back('\n');
  }
  std::unique_ptr<spdlog::formatter> clone() const override { return std::make_unique<as_text>(); }

private:
  /// A client's text in an event must not look like another event.
  static void append_printable(spdlog::memory_buf_t& line, char c) {
    auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f)
      fmt::format_to(std::back_inserter(line), "\\x{:02x}", byte);
    else
      line.push_back(c);
  }
};

class as_json : public spdlog::formatter {
public:
  void format(const spdlog::details::log_msg& event, spdlog::memory_buf_t& line) override {
    append(line, R"({"time":")" + time_of(event) + R"(","level":")");
    append(line, level_name(event.level));
    append(line, R"(","logger":)" + json_string(view(event.logger_name)) + R"(,"message":)" + json_string(view(event.payload)) + "}\n");
  }
  std::unique_ptr<spdlog::formatter> clone() const override { return std::make_unique<as_json>(); }
};

} // namespace

std::unique_ptr<spdlog::formatter> text_formatter() {
  return std::make_unique<as_text>();
}

std::unique_ptr<spdlog::formatter> json_formatter() {
  return std::make_unique<as_json>();
}

spdlog::logger& logger() {
  static auto one = [] {
    auto sink = std::make_shared<spdlog::sinks::ansicolor_stderr_sink_mt>(); // colours on a terminal only
    auto made = spdlog::logger{"stentor", std::move(sink)};
    made.set_formatter(text_formatter());
    made.flush_on(spdlog::level::trace);
    return made;
  }();
  return one;
}

void start(const log_settings& how) {
  auto text = how.format == "text" || (how.format == "auto" && isatty(STDERR_FILENO) != 0);
  logger().set_formatter(text ? text_formatter() : json_formatter());
  logger().set_level(spdlog::level::from_str(how.level));
}

} // namespace stentor::log
