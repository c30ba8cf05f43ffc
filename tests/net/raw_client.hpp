#pragma once

// A TCP client that hides nothing: what it sends and hears is bytes, and it waits, but not for ever.

#include "protocol/websocket_peer.hpp"

#include <fmt/format.h>

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace stentor {

/// What came for one HTTP request.
struct http_answer {
  unsigned status = 0;
  std::string head; ///< with its last empty line
  std::string body;

  std::string whole() const { return head + body; }
  bool has(std::string_view line) const { return head.find("\r\n" + std::string{line} + "\r\n") != head.npos; }
};

/// The key of RFC 6455's example, and what it is answered with.
constexpr std::string_view websocket_key = "dGhlIHNhbXBsZSBub25jZQ==";
constexpr std::string_view websocket_accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

/// A WebSocket handshake; `lines` stand in for the four that make it one.
inline std::string upgrade_request(std::string_view query, std::string_view lines) {
  return fmt::format("GET /socket.io/?{} HTTP/1.1\r\nHost: a.example\r\n{}\r\n", query, lines);
}
inline std::string upgrade_lines(std::string_view key = websocket_key) {
  return fmt::format("Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {}\r\n", key);
}
inline std::string upgrade_request(std::string_view query = "EIO=4&transport=websocket") {
  return upgrade_request(query, upgrade_lines());
}

/// Every wait ends after ten seconds, with an exception that fails the test.
class raw_client {
public:
  /// With a small buffer its kernel takes in little, and the server must soon wait if it does not read.
  explicit raw_client(uint16_t port, int receive_buffer_bytes = 0) : raw_client() {
    if (receive_buffer_bytes > 0)
      set(SOL_SOCKET, SO_RCVBUF, receive_buffer_bytes);
    connect(port);
  }
  /// Has its descriptor, and nothing else yet.
  static raw_client unconnected() { return raw_client{}; }
  raw_client(raw_client&& from) noexcept : socket_(std::exchange(from.socket_, -1)), input_(std::move(from.input_)) {}
  raw_client& operator=(raw_client&& from) noexcept {
    std::swap(socket_, from.socket_);
    std::swap(input_, from.input_);
    return *this;
  }
  ~raw_client() { hang_up(); }

  void connect(uint16_t port) {
    auto where = sockaddr_in{};
    where.sin_family = AF_INET;
    where.sin_port = htons(port);
    where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket_, reinterpret_cast<const sockaddr*>(&where), sizeof where) != 0)
      throw std::runtime_error("nobody listens");
  }

  // -- out --------------------------------------------------------------------

  void send(std::string_view bytes) {
    if (!try_send(bytes))
      throw std::runtime_error("the server has hung up");
  }
  /// False if the server has hung up.
  bool try_send(std::string_view bytes) {
    while (!bytes.empty()) {
      auto size = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (size < 0 && (errno == EPIPE || errno == ECONNRESET))
        return false;
      if (size < 0)
        throw std::runtime_error("the server takes nothing");
      bytes.remove_prefix(static_cast<size_t>(size));
    }
    return true;
  }
  /// An Engine.IO packet in a text frame.
  void say(std::string_view packet) { send(websocket::text(packet)); }
  void finish_sending() { ::shutdown(socket_, SHUT_WR); }
  void hang_up() {
    if (socket_ >= 0)
      ::close(std::exchange(socket_, -1));
  }
  /// Hangs up with a RST.
  void reset() {
    set(SOL_SOCKET, SO_LINGER, linger{.l_onoff = 1, .l_linger = 0});
    hang_up();
  }

  // -- in ---------------------------------------------------------------------

  http_answer read_answer() {
    http_answer answer;
    while (input_.find("\r\n\r\n") == input_.npos)
      if (!receive())
        throw std::runtime_error("the server has hung up; so far: " + input_);
    answer.head = take(input_.find("\r\n\r\n") + 4);
    answer.status = static_cast<unsigned>(std::stoul(answer.head.substr(answer.head.find(' '))));
    constexpr std::string_view length = "\r\nContent-Length: ";
    if (auto at = answer.head.find(length); at != answer.head.npos)
      answer.body = read(std::stoul(answer.head.substr(at + length.size())));
    return answer;
  }
  http_answer ask(std::string_view request) {
    send(request);
    return read_answer();
  }
  /// Opens a WebSocket; the open packet.
  std::string open(std::string_view request = upgrade_request()) {
    if (auto answer = ask(request); answer.status != 101)
      throw std::runtime_error("no WebSocket: " + answer.whole());
    return hear();
  }
  /// The next frame: "text 4hello", "binary …", "ping …", "pong …", "close 1002", "close" without a code; "end" at the end of the stream.
  std::string hear() {
    if (!fill(2))
      return input_.empty() ? "end" : "half a frame";
    auto first = byte(0);
    if ((first & 0xf0) != 0x80 || (byte(1) & 0x80) != 0)
      throw std::runtime_error("a server's frame is whole, unmasked and has no reserved bits");
    auto header = size_t{2}, size = size_t{byte(1)};
    if (size >= 126) {
      header = size == 126 ? 4 : 10;
      if (!fill(header))
        return "half a frame";
      size = 0;
      for (size_t i = 2; i < header; ++i)
        size = size << 8 | byte(i);
    }
    if (!fill(header + size))
      return "half a frame";
    auto payload = take(header + size).substr(header);
    switch (static_cast<websocket::opcode>(first & 0x0f)) {
      case websocket::opcode::text: return "text " + payload;
      case websocket::opcode::binary: return "binary " + payload;
      case websocket::opcode::ping: return "ping " + payload;
      case websocket::opcode::pong: return "pong " + payload;
      case websocket::opcode::close:
        if (payload.empty())
          return "close";
        return fmt::format("close {}{}", static_cast<uint8_t>(payload.at(0)) << 8 | static_cast<uint8_t>(payload.at(1)), payload.substr(2));
      case websocket::opcode::continuation: break;
    }
    throw std::runtime_error("a frame of an unknown kind");
  }
  /// The next frame behind what it says.
  std::string answer_to(std::string_view packet) {
    say(packet);
    return hear();
  }
  /// All that comes until the server ends the stream or resets it.
  std::string read_to_end() {
    while (receive())
      ;
    return take(input_.size());
  }
  /// True once the server has ended the stream; fails if anything else comes.
  bool at_end() { return read_to_end().empty(); }

private:
  raw_client() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    auto wait = timeval{.tv_sec = 10, .tv_usec = 0};
    set(SOL_SOCKET, SO_RCVTIMEO, wait);
    set(SOL_SOCKET, SO_SNDTIMEO, wait);
    set(IPPROTO_TCP, TCP_NODELAY, 1);
  }

  template <class Value>
  void set(int level, int name, const Value& value) {
    ::setsockopt(socket_, level, name, &value, sizeof value);
  }

  /// False at the end of the stream.
  bool receive() {
    char buffer[65'536];
    auto size = ::recv(socket_, buffer, sizeof buffer, 0);
    if (size < 0 && errno != ECONNRESET)
      throw std::runtime_error("nothing comes; so far: " + input_);
    if (size > 0)
      input_.append(buffer, static_cast<size_t>(size));
    return size > 0;
  }
  /// False if the stream ends before.
  bool fill(size_t size) {
    while (input_.size() < size)
      if (!receive())
        return false;
    return true;
  }
  std::string read(size_t size) {
    if (!fill(size))
      throw std::runtime_error("the server has hung up; so far: " + input_);
    return take(size);
  }
  std::string take(size_t size) {
    auto front = input_.substr(0, size);
    input_.erase(0, size);
    return front;
  }
  uint8_t byte(size_t at) const { return static_cast<uint8_t>(input_[at]); }

  int socket_;
  std::string input_;
};

} // namespace stentor
