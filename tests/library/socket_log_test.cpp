#include "base/log.hpp"
#include "socket_test.hpp"

#include <spdlog/sinks/ostream_sink.h>

#include <sstream>

namespace stentor {
namespace {

/// Hears what is logged while it lives.
class log_ear {
public:
  std::string take() {
    auto all = heard_.str();
    heard_.str({});
    return all;
  }
  log_ear() : before_(std::exchange(log::logger().sinks(), {std::make_shared<spdlog::sinks::ostream_sink_mt>(heard_)})) {
    log::logger().set_level(spdlog::level::warn);
    log::logger().set_pattern("%l %v");
  }
  log_ear(const log_ear&) = delete;
  log_ear& operator=(const log_ear&) = delete;
  ~log_ear() {
    log::logger().set_level(spdlog::level::off);
    log::logger().sinks() = before_;
  }

private:
  std::ostringstream heard_;
  std::vector<spdlog::sink_ptr> before_;
};

TEST_F(SocketTest, ArgumentsThatDoNotFitAreLoggedOnceForEachEvent) {
  auto client = member_with([](const socket& s) { s.on("typed", [](int) {}).on("typed too", [](int) {}); });
  auto ear = log_ear{};
  for (auto i = 0; i < 3; ++i)
    client.say(R"(42["typed","text"])", R"(42["typed too"])");
  EXPECT_EQ(fence(client), at_fence);
  auto line = [](std::string_view event) {
    return fmt::format("warning the arguments of an event \"{}\" do not fit its handler: [^\n]*\n", event);
  };
  EXPECT_THAT(ear.take(), testing::MatchesRegex(line("typed") + line("typed too")));
}

TEST_F(SocketTest, AHundredEventsAreLoggedAtMost) {
  constexpr auto events = 120;
  auto client = member_with([](const socket& s) {
    for (auto i = 0; i < events; ++i)
      s.on(std::to_string(i), [](int) {});
  });
  auto ear = log_ear{};
  for (auto i = 0; i < events; ++i)
    client.say("42[\"" + std::to_string(i) + "\"]");
  EXPECT_EQ(fence(client), at_fence);
  auto said = ear.take();
  EXPECT_EQ(std::ranges::count(said, '\n'), 100);
}

} // namespace
} // namespace stentor
