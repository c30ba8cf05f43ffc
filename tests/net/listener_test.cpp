#include "base/log.hpp"
#include "echo_server.hpp"

#include <gmock/gmock.h>
#include <spdlog/sinks/base_sink.h>

#include <sys/resource.h>

namespace stentor {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

struct listener_that_cannot : testing::Test {
  echo_server server;

  /// Why nobody can listen there.
  std::string refusal(std::string host, uint16_t port) {
    auto config = echo_server::usual();
    config.server.host = std::move(host);
    config.server.port = port;
    auto opened = server.listen(config);
    return opened ? "listens" : opened.error().detail;
  }
};

TEST_F(listener_that_cannot, SaysThatThePortIsTaken) {
  EXPECT_THAT(refusal("127.0.0.1", server.port()), AllOf(HasSubstr(fmt::format("127.0.0.1:{}", server.port())), HasSubstr("server.port"),
                                                         HasSubstr("Address already in use"), Not(HasSubstr("\n"))));
  EXPECT_EQ(server.echo("alive"), "text 4alive");
}

TEST_F(listener_that_cannot, SaysThatTheAddressIsNotOurs) {
  EXPECT_THAT(refusal("192.0.2.1", 0), AllOf(HasSubstr("192.0.2.1:0"), Not(HasSubstr("\n"))));
  EXPECT_THAT(refusal("no such host", 0), AllOf(HasSubstr("no such host:0"), HasSubstr("server.host"), Not(HasSubstr("\n"))));
}

/// As few descriptors as the process has open; restored at the end.
class no_more_descriptors {
public:
  no_more_descriptors() {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    auto now = before_;
    now.rlim_cur = 0;
    ::setrlimit(RLIMIT_NOFILE, &now);
  }
  ~no_more_descriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }

private:
  rlimit before_{};
};

/// Hears what is logged.
class log_ear : public spdlog::sinks::base_sink<std::mutex> {
public:
  std::string first_line() {
    auto line = line_.get_future();
    return line.wait_for(patience) == std::future_status::ready ? line.get() : "nothing was logged";
  }

private:
  void sink_it_(const spdlog::details::log_msg& what) override {
    if (!std::exchange(heard_, true))
      line_.set_value({what.payload.data(), what.payload.size()});
  }
  void flush_() override {}

  std::promise<std::string> line_;
  bool heard_ = false;
};

struct listener_with_a_log : testing::Test {
  std::shared_ptr<log_ear> log = std::make_shared<log_ear>();
  std::vector<spdlog::sink_ptr> before = std::exchange(log::logger().sinks(), {log});

  ~listener_with_a_log() override { log::logger().sinks() = before; }
};

TEST_F(listener_with_a_log, OutOfDescriptorsSaysSoAndAcceptsAgainWhenThereAreSome) {
  echo_server server;
  auto inside = server.websocket();
  auto waiting = raw_client::unconnected();
  {
    no_more_descriptors now;
    waiting.connect(server.port());
    EXPECT_THAT(log->first_line(), HasSubstr("Too many open files"));
    EXPECT_EQ(inside.answer_to("4those inside are served"), "text 4those inside are served");
  }
  EXPECT_TRUE(waiting.open().starts_with("text 0{"));
}

} // namespace
} // namespace stentor
