#pragma once

// A WebSocket client at the other end of a socket pair: what it sends and hears is Engine.IO text.

#include "protocol/websocket.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sys/socket.h>
#include <unistd.h>

namespace stentor {

class wire {
public:
  explicit wire(int socket) : socket_(socket) {}
  wire(wire&& from) noexcept : socket_(std::exchange(from.socket_, -1)), input_(std::move(from.input_)) {}
  ~wire() { hang_up(); }

  /// Sends text frames, all in one piece.
  template <class... Texts>
  void say(const Texts&... texts) {
    auto bytes = std::string{};
    (append_frame(bytes, websocket::opcode::text, texts), ...);
    send(bytes);
  }
  void say_binary(std::string_view payload) {
    auto bytes = std::string{};
    append_frame(bytes, websocket::opcode::binary, payload);
    send(bytes);
  }
  /// Sends a close frame.
  void say_goodbye() {
    auto bytes = std::string{};
    append_frame(bytes, websocket::opcode::close, {});
    send(bytes);
  }
  void hang_up() {
    if (socket_ >= 0)
      ::close(std::exchange(socket_, -1));
  }

  /// Takes in what has come, for the next `hear`: a frame may still be half there.
  void read() { receive(); }
  /// What has come since the last call: texts as they are, "(close)" for a close frame, "(end)" for the end of the stream.
  std::vector<std::string> hear() {
    auto ended = receive();
    std::vector<std::string> heard;
    while (auto frame = take_frame())
      heard.push_back(*std::move(frame));
    EXPECT_TRUE(input_.empty()) << "half a frame";
    if (ended)
      heard.emplace_back("(end)");
    return heard;
  }

private:
  static void append_frame(std::string& out, websocket::opcode kind, std::string_view payload) {
    constexpr size_t mask_bytes = 4;
    constexpr char masked = '\x80';
    auto header = websocket::header(kind, payload.size());
    header[1] = static_cast<char>(header[1] | masked);
    out += header;
    out.append(mask_bytes, '\0');
    out += payload;
  }
  void send(std::string_view bytes) {
    ASSERT_EQ(::send(socket_, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL), static_cast<ssize_t>(bytes.size()));
  }
  /// True at the end of the stream.
  bool receive() {
    for (char buffer[4096];;) {
      auto size = ::recv(socket_, buffer, sizeof buffer, MSG_DONTWAIT);
      if (size <= 0)
        return size == 0;
      input_.append(buffer, static_cast<size_t>(size));
    }
  }
  std::optional<std::string> take_frame() {
    auto byte = [this](size_t at) { return static_cast<unsigned char>(input_[at]); };
    if (input_.size() < 2)
      return std::nullopt;
    size_t size = byte(1), header = 2;
    if (auto more = size == 126 ? 2u : size == 127 ? 8u : 0u; more > 0) {
      if (input_.size() < header + more)
        return std::nullopt;
      size = 0;
      for (size_t i = 0; i < more; ++i)
        size = size << 8 | byte(header++);
    }
    if (input_.size() < header + size)
      return std::nullopt;
    auto kind = static_cast<websocket::opcode>(byte(0) & 0x0f);
    auto payload = input_.substr(header, size);
    input_.erase(0, header + size);
    return kind == websocket::opcode::close ? "(close)" : payload;
  }

  int socket_;
  std::string input_;
};

} // namespace stentor
