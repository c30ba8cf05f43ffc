#pragma once

// RFC 6455 frames, as values: no socket, no buffer of its own beyond an unfinished message.

#include "base/result.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace stentor::websocket {

enum class opcode : uint8_t { continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

/// Close codes that we send (RFC 6455, 7.4.1).
enum class close_code : uint16_t {
  none = 0,
  normal = 1000,
  going_away = 1001,
  protocol_error = 1002,
  bad_payload = 1007,
  policy = 1008,
  too_big = 1009
};

/// A server's frame header, unmasked: 2, 4 or 10 bytes.
std::string header(opcode kind, size_t payload_bytes);
void append_header(std::string& out, opcode kind, size_t payload_bytes);
/// A whole close frame; `none` gives one without a code (the client sees 1005).
std::string close_frame(close_code code = close_code::none);

/// One frame of a server.
struct server_frame {
  opcode kind;
  std::string_view payload;
};
/// Takes the first frame off `frames`, which are whole, not masked, and stand back to back.
server_frame take_frame(std::string_view& frames);
/// The value of Sec-WebSocket-Accept for a client's key; `bad_request` if the key is not 16 bytes in base64.
result<std::string> accept_key(std::string_view client_key);

struct limits {
  size_t message_bytes_max = 1'000'000;
  size_t fragments_max = 16'384;
};

/// Reads a client's frames out of any cut of the byte stream and hands on whole messages.
///
/// After an error or a close frame it takes in nothing more. Not thread-safe.
class reader {
public:
  /// What to do with what arrived. Views live for the call only. A handler may destroy neither reader nor data.
  struct handler {
    virtual ~handler() = default;
    virtual void on_text(std::string_view payload) = 0;
    virtual void on_binary(std::string_view payload) = 0;
    virtual void on_ping(std::string_view payload) = 0;
    virtual void on_pong(std::string_view payload) = 0;
    /// The peer's close frame; its code, or `none`.
    virtual void on_close(close_code code) = 0;
    /// The stream is beyond repair; the code to close with.
    virtual void on_error(close_code code) = 0;
  };

  explicit reader(limits bounds) : limits_(bounds) {}

  /// Takes in `size` bytes, which it unmasks in place. Stops at the first error or close,
  /// and as soon as `stop()` or `pause()` was called by a handler. How much it has taken: the rest is to be fed again, later.
  size_t feed(char* data, size_t size, handler& to);
  /// From a handler: hand on nothing more in this feed.
  void pause() { paused_ = true; }
  /// From a handler: hand on nothing more, ever.
  void stop() { stopped_ = true; }

private:
  using bytes = std::span<char>;

  size_t take_header(bytes rest, handler& to);
  size_t take_payload(bytes rest, handler& to);
  close_code judge_opening() const;
  close_code judge_length() const;
  void open_frame(handler& to);
  void end_frame(bytes last, handler& to);
  void end_control(bytes last, handler& to);
  void end_message(bytes last, handler& to);
  void end_stream(std::string_view payload, handler& to);
  void fail(close_code code, handler& to);
  /// The payload of which `last` is the end: where it lies if that is all of it, else in pending_, behind `from`.
  std::string_view whole(bytes last, size_t from);
  void release();

  opcode kind() const { return static_cast<opcode>(header_[0] & 0x0f); }
  bool final() const { return header_[0] & 0x80; }
  bool control() const { return header_[0] & 0x08; }
  uint8_t short_length() const { return header_[1] & 0x7f; }
  size_t header_bytes() const;
  uint64_t payload_bytes() const;

  limits limits_;
  std::string pending_;           // payload of the unfinished message, behind it that of an unfinished control frame
  size_t message_bytes_ = 0;      // of the current message, as declared so far
  size_t frame_bytes_left_ = 0;   // of the current frame's payload
  uint32_t fragments_ = 0;        // of the current message; 0 between messages
  opcode message_ = opcode::text; // of the current message
  bool in_payload_ = false;
  bool stopped_ = false;
  bool paused_ = false;
  uint8_t header_taken_ = 0;
  std::array<uint8_t, 14> header_{}; // of the current frame; in the payload, its last four bytes are the mask for the next byte
};

static_assert(sizeof(reader) < 100, "one per connection");

} // namespace stentor::websocket
