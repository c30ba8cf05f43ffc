#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include <netinet/in.h>

namespace stentor::load {

/// Descriptor that closes itself.
class descriptor {
public:
  descriptor() = default;
  explicit descriptor(int fd) : fd_(fd) {}
  descriptor(descriptor&& other) noexcept : fd_(other.release()) {}
  descriptor& operator=(descriptor&& other) noexcept;
  ~descriptor();
  int get() const { return fd_; }

private:
  int release();
  int fd_ = -1;
};

/// How far a connection has come; each stage waits for the server.
enum class stage : uint8_t { idle, connecting, upgrading, opening, entering, entered };

/// One WebSocket of the fleet, which drives it.
struct connection {
  size_t index = 0;
  stage at = stage::idle;
  descriptor socket;
  std::string unread; // the beginning of a frame whose rest is still to come
  std::string unsent;
  uint64_t next_ack_id = 0;
};

/// Opens nonblocking connections to one address. On loopback it moves on to the next 127.0.0.x as source when the
/// ephemeral ports of one run out.
class dialer {
public:
  /// Throws load_error if the name has no IPv4 address.
  dialer(const std::string& host, uint16_t port);

  /// A socket whose connect is under way or done; throws load_error when it cannot be started.
  descriptor dial();

private:
  bool try_connect(const descriptor& socket) const;

  sockaddr_in target_{};
  uint32_t source_ = INADDR_LOOPBACK;
};

} // namespace stentor::load
