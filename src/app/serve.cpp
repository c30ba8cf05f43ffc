#include "app/serve.hpp"

#include "app/server.hpp"
#include "base/json.hpp"
#include "base/log.hpp"
#include "base/secret.hpp"

#include <csignal>
#include <cstdio>
#include <unistd.h>

namespace stentor {
namespace {

constexpr int exit_misconfigured = 2;

/// Blocked in every thread that is started from here on, so that one place takes them.
sigset_t block_stop_signals() {
  sigset_t stops;
  sigemptyset(&stops);
  sigaddset(&stops, SIGTERM);
  sigaddset(&stops, SIGINT);
  pthread_sigmask(SIG_BLOCK, &stops, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  return stops;
}

} // namespace

int serve(const settings& config) {
  auto secret = load_secret(config);
  if (!secret) {
    std::fprintf(stderr, "%s\n", secret.error().detail.c_str());
    return exit_misconfigured;
  }
  if (!secret->notice.empty())
    log::logger().info("{}", secret->notice);
  if (!secret->warning.empty())
    log::logger().warn("{}", secret->warning);
  auto stops = block_stop_signals();
  auto house = server::start(config, secret->value);
  if (!house) {
    std::fprintf(stderr, "%s\n", house.error().detail.c_str());
    return exit_misconfigured;
  }
  auto ready = json{{"host", (*house)->host()}, {"port", (*house)->port()}, {"pid", ::getpid()}};
  std::printf("ready %s\n", ready.dump().c_str());
  std::fflush(stdout);
  log::logger().info("listening on {}:{}", (*house)->host(), (*house)->port());
  auto signal = 0;
  sigwait(&stops, &signal);
  log::logger().info("stopping on signal {}", signal);
  (*house)->stop();
  log::logger().info("stopped");
  return 0;
}

} // namespace stentor
