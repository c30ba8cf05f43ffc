// Downloads by clients that take their time.

#include "support/network_test.hpp"

#include <sys/socket.h>

namespace stentor {
namespace {

struct HttpDownloadTest : NetworkTest, application {
  static constexpr size_t body_bytes = 4'000'000;
  int client = -1;

  HttpDownloadTest() {
    config.network.header_timeout_ms = 1000;
    net.serve(*this, {&net});
    int ends[2];
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends), 0);
    client = ends[1];
    net.adopt(ends[0]);
    settle();
  }
  ~HttpDownloadTest() override { ::close(client); }

  std::unique_ptr<connection_handler> on_open(connection&) override { return nullptr; }
  void on_deliver(const deliver&) override {}
  void on_request(http_request, http_reply reply) override { reply({.status = 200, .body = std::string(body_bytes, 'x'), .headers = {}}); }

  void ask() {
    constexpr std::string_view request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    ASSERT_EQ(::send(client, request.data(), request.size(), MSG_NOSIGNAL), static_cast<ssize_t>(request.size()));
    settle();
  }
  /// How much of the answer has come since the last call.
  size_t take() {
    size_t all = 0;
    char buffer[65'536];
    for (ssize_t size = 0; (size = ::recv(client, buffer, sizeof buffer, MSG_DONTWAIT)) > 0;)
      all += static_cast<size_t>(size);
    settle();
    return all;
  }
  /// Takes all that still comes.
  size_t take_all() {
    size_t all = 0;
    while (auto some = take())
      all += some;
    return all;
  }
  /// Lets all deadlines come that are a minute away or less.
  void pass_a_minute() {
    pass(std::chrono::minutes{1});
    settle();
  }
};

TEST_F(HttpDownloadTest, EndsIfNothingIsTaken) {
  ask();
  pass_a_minute();
  EXPECT_LT(take_all(), body_bytes);
}

TEST_F(HttpDownloadTest, MayTakeLongIfItGoesOn) {
  ask();
  config.network.header_timeout_ms = 600'000;
  auto taken = take();
  EXPECT_LT(taken, body_bytes);
  pass_a_minute();
  EXPECT_GT(taken + take_all(), body_bytes);
}

} // namespace
} // namespace stentor
