#include "base/log.hpp"

#include "base/json.hpp"

#include <spdlog/sinks/ostream_sink.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

namespace stentor {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;

struct log_lines : testing::Test {
  std::string line(std::unique_ptr<spdlog::formatter> how, std::string_view text) {
    std::ostringstream out;
    spdlog::logger logger("stentor", std::make_shared<spdlog::sinks::ostream_sink_st>(out));
    logger.set_formatter(std::move(how));
    logger.warn(text);
    return out.str();
  }
  json parsed(std::string_view text) {
    auto out = line(log::json_formatter(), text);
    EXPECT_EQ(std::ranges::count(out, '\n'), 1) << out;
    return json::parse(out);
  }
};

TEST_F(log_lines, JsonHasTimeLevelLoggerAndMessage) {
  auto event = parsed("room 7 loaded");
  EXPECT_THAT(event["time"].get<std::string>(), MatchesRegex("....-..-..T..:..:..\\....Z"));
  EXPECT_EQ(event["level"], "warn");
  EXPECT_EQ(event["logger"], "stentor");
  EXPECT_EQ(event["message"], "room 7 loaded");
}

TEST_F(log_lines, JsonEscapesWhatTheMessageContains) {
  EXPECT_EQ(parsed("a \"quoted\" \\ line\nand \x01 another, ünïcode")["message"], "a \"quoted\" \\ line\nand \x01 another, ünïcode");
}

TEST_F(log_lines, JsonStaysValidWhenTheMessageIsNoUtf8) {
  EXPECT_EQ(parsed("broken \xff\xc3")["message"], "broken \xef\xbf\xbd\xef\xbf\xbd");
}

TEST_F(log_lines, TextIsOneReadableLine) {
  EXPECT_THAT(line(log::text_formatter(), "room 7 loaded"), MatchesRegex("....-..-..T..:..:..\\....Z warn  room 7 loaded\n"));
}

TEST_F(log_lines, TextCannotForgeAnotherLine) {
  EXPECT_THAT(line(log::text_formatter(), "name\n2026 info  forged\x1b[2J"),
              MatchesRegex(".*warn  name\\\\x0a2026 info  forged\\\\x1b\\[2J\n"));
}

struct log_start : testing::Test {
  void TearDown() override { log::start({}); }

  std::string stderr_of(const log_settings& how) {
    testing::internal::CaptureStderr();
    log::start(how);
    log::logger().debug("quiet");
    log::logger().warn("loud");
    return testing::internal::GetCapturedStderr();
  }
};

TEST_F(log_start, WritesToStderrAtTheLevelAsked) {
  EXPECT_THAT(stderr_of({.level = "info", .format = "text"}), MatchesRegex("[^\n]* warn  loud\n"));
  EXPECT_THAT(stderr_of({.level = "debug", .format = "text"}), MatchesRegex("[^\n]* quiet\n[^\n]* loud\n"));
  EXPECT_EQ(stderr_of({.level = "off", .format = "text"}), "");
}

TEST_F(log_start, AutoIsJsonWhenNobodyReadsAtATerminal) {
  EXPECT_EQ(json::parse(stderr_of({.level = "warn", .format = "auto"}))["message"], "loud");
}

TEST_F(log_start, KnowsEveryLevelThatTheSettingsAllow) {
  for (std::string level : {"trace", "debug", "info", "warn"})
    EXPECT_THAT(stderr_of({.level = level, .format = "text"}), HasSubstr(" loud\n")) << level;
  EXPECT_EQ(stderr_of({.level = "error", .format = "text"}), "");
}

} // namespace
} // namespace stentor
