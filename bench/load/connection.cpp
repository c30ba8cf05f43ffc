#include "connection.hpp"

#include "error.hpp"

#include <cerrno>
#include <cstring>
#include <utility>

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

namespace stentor::load {

namespace {

constexpr uint32_t last_source = INADDR_LOOPBACK + 200;

bool is_loopback(const sockaddr_in& address) {
  return ntohl(address.sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
}

void bind_source(const descriptor& socket, uint32_t source) {
  int on = 1;
  setsockopt(socket.get(), IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
  sockaddr_in from{};
  from.sin_family = AF_INET;
  from.sin_addr.s_addr = htonl(source);
  if (bind(socket.get(), reinterpret_cast<const sockaddr*>(&from), sizeof from) != 0)
    throw load_error(std::string{"cannot bind a source address: "} + std::strerror(errno));
}

} // namespace

descriptor& descriptor::operator=(descriptor&& other) noexcept {
  if (this != &other) {
    if (fd_ >= 0)
      close(fd_);
    fd_ = other.release();
  }
  return *this;
}

descriptor::~descriptor() {
  if (fd_ >= 0)
    close(fd_);
}

int descriptor::release() {
  return std::exchange(fd_, -1);
}

dialer::dialer(const std::string& host, uint16_t port) {
  addrinfo wanted{};
  wanted.ai_family = AF_INET;
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (auto code = getaddrinfo(host.c_str(), nullptr, &wanted, &found); code != 0)
    throw load_error("cannot resolve " + host + ": " + gai_strerror(code));
  std::memcpy(&target_, found->ai_addr, sizeof target_);
  freeaddrinfo(found);
  target_.sin_port = htons(port);
}

descriptor dialer::dial() {
  for (;;) {
    descriptor socket{::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
    if (socket.get() < 0)
      throw load_error(std::string{"cannot open a socket: "} + std::strerror(errno));
    int on = 1;
    setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (source_ != INADDR_LOOPBACK)
      bind_source(socket, source_);
    if (try_connect(socket))
      return socket;
    ++source_;
  }
}

bool dialer::try_connect(const descriptor& socket) const {
  if (connect(socket.get(), reinterpret_cast<const sockaddr*>(&target_), sizeof target_) == 0 || errno == EINPROGRESS)
    return true;
  if (errno == EADDRNOTAVAIL && is_loopback(target_) && source_ < last_source)
    return false;
  throw load_error(std::string{"cannot connect: "} + std::strerror(errno));
}

} // namespace stentor::load
