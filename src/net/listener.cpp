#include "net/listener.hpp"

#include "base/log.hpp"
#include "base/metrics.hpp"

#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>

namespace stentor {

using boost::asio::ip::tcp;

constexpr auto accepts_per_turn = 32;
/// How long accepting rests when the process is out of descriptors.
constexpr auto exhausted_pause = std::chrono::milliseconds{100};

namespace {

const auto refused = metrics::series{metrics::metric::connections_refused, {"descriptors"}};

/// What the sockets of clients inherit from the one that listens.
void for_clients(tcp::acceptor& acceptor, int buffer_bytes, boost::system::error_code& error) {
  if (!error)
    acceptor.set_option(tcp::no_delay(true), error);
  if (!error)
    acceptor.set_option(tcp::socket::receive_buffer_size(buffer_bytes), error);
  if (!error)
    acceptor.set_option(tcp::socket::send_buffer_size(buffer_bytes), error);
}

} // namespace

result<std::unique_ptr<listener>> listener::open(const settings& config, std::vector<network*> networks) {
  auto& io = networks.front()->io();
  auto error = boost::system::error_code{};
  auto where = fmt::format("{}:{}", config.server.host, config.server.port);
  auto hosts = tcp::resolver{io}.resolve(config.server.host, std::to_string(config.server.port), tcp::resolver::passive, error);
  if (error || hosts.empty())
    return failure{errc::unavailable, fmt::format("cannot listen on {}: server.host is no address of this machine", where)};
  auto endpoint = hosts.begin()->endpoint();
  auto acceptor = tcp::acceptor{io};
  acceptor.open(endpoint.protocol(), error);
  if (!error)
    acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  for_clients(acceptor, static_cast<int>(config.network.socket_buffer_bytes), error);
  if (!error)
    acceptor.bind(endpoint, error);
  if (!error)
    acceptor.listen(static_cast<int>(config.network.backlog), error);
  if (error)
    return failure{errc::unavailable,
                   fmt::format("cannot listen on {}: {}; choose another server.port, or stop what uses it", where, error.message())};
  acceptor.non_blocking(true, error);
  return std::unique_ptr<listener>{new listener(std::move(networks), std::move(acceptor))};
}

listener::listener(std::vector<network*> networks, tcp::acceptor acceptor)
  : networks_(std::move(networks)), acceptor_(std::move(acceptor)), pause_(networks_.front()->io()),
    port_(acceptor_.local_endpoint().port()) {
}

void listener::start() {
  boost::asio::post(networks_.front()->io(), [this] { await_client(); });
}

void listener::stop() {
  boost::asio::post(networks_.front()->io(), [this] {
    auto ignored = boost::system::error_code{};
    acceptor_.close(ignored);
    pause_.cancel();
  });
}

void listener::await_client() {
  acceptor_.async_wait(tcp::acceptor::wait_read, [this](const auto& error) {
    if (!error)
      accept_some();
  });
}

/// Those who are here already do not wait for all who come at once.
void listener::accept_some() {
  for (auto turn = 0; turn < accepts_per_turn; ++turn) {
    auto socket = ::accept4(acceptor_.native_handle(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (socket >= 0) {
      exhausted_ = false;
      networks_[next_++ % networks_.size()]->adopt(socket);
    } else if (errno == EAGAIN)
      return await_client();
    else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
      refused.add();
      log_exhausted();
      pause_.expires_after(exhausted_pause);
      return pause_.async_wait([this](const auto& error) {
        if (!error)
          await_client();
      });
    } else if (errno == EBADF || errno == EINVAL)
      return;
  }
  await_client();
}

/// Once, however long it lasts.
void listener::log_exhausted() {
  auto cause = std::strerror(errno); // NOLINT(concurrency-mt-unsafe)
  if (!std::exchange(exhausted_, true))
    log::logger().warn("cannot accept: {}; raise the limit of open files", cause);
}

} // namespace stentor
