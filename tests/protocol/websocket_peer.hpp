#pragma once

// The client's side of a WebSocket, for tests: frames as it sends them, and a note of what a reader hears.

#include "protocol/websocket.hpp"

#include <string>
#include <vector>

namespace stentor::websocket {

using heard = std::vector<std::string>;

/// Writes down what it hears: "text hello", "ping ", "close 1000", "error 1002".
struct scribe : reader::handler {
  heard lines;
  reader* stops = nullptr;  ///< at the first ping
  reader* pauses = nullptr; ///< at each text

  void on_text(std::string_view payload) override {
    note("text ", payload);
    if (pauses)
      pauses->pause();
  }
  void on_binary(std::string_view payload) override { note("binary ", payload); }
  void on_ping(std::string_view payload) override {
    note("ping ", payload);
    if (stops)
      stops->stop();
  }
  void on_pong(std::string_view payload) override { note("pong ", payload); }
  void on_close(close_code code) override { note("close ", std::to_string(static_cast<int>(code))); }
  void on_error(close_code code) override { note("error ", std::to_string(static_cast<int>(code))); }

  void note(std::string line, std::string_view payload) { lines.push_back(line.append(payload)); }
};

/// As a client sends it. `first` is the byte with FIN, the reserved bits and the opcode.
inline std::string frame(uint8_t first, std::string_view payload = {}) {
  auto out = header(opcode::text, payload.size());
  out[0] = static_cast<char>(first);
  out[1] |= '\x80';
  constexpr std::string_view mask = "\x37\xfa\x21\x3d";
  out += mask;
  for (size_t i = 0; i < payload.size(); ++i)
    out += static_cast<char>(payload[i] ^ mask[i % 4]);
  return out;
}

inline std::string text(std::string_view payload) {
  return frame(0x81, payload);
}
inline std::string first_part(std::string_view payload) {
  return frame(0x01, payload);
}
inline std::string next_part(std::string_view payload) {
  return frame(0x00, payload);
}
inline std::string last_part(std::string_view payload) {
  return frame(0x80, payload);
}
inline std::string ping(std::string_view payload) {
  return frame(0x89, payload);
}
inline std::string closing(uint16_t code, std::string_view reason = {}) {
  return frame(0x88, std::string{static_cast<char>(code >> 8), static_cast<char>(code)}.append(reason));
}

/// What is heard if the stream arrives in pieces of the sizes that `next_size` gives. Each piece lies in a block of its own.
template <class Sizes>
heard read(std::string_view wire, Sizes next_size, limits bounds = {}) {
  reader subject{bounds};
  scribe log;
  while (!wire.empty()) {
    std::string piece{wire.substr(0, next_size())};
    wire.remove_prefix(piece.size());
    subject.feed(piece.data(), piece.size(), log);
  }
  return log.lines;
}

inline heard read(std::string_view wire, limits bounds = {}) {
  auto all = [] { return std::string::npos; };
  return read(wire, all, bounds);
}

inline std::string times(size_t count, std::string_view what) {
  std::string out;
  while (count--)
    out += what;
  return out;
}

} // namespace stentor::websocket
