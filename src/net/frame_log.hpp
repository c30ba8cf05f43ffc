#pragma once

#include "protocol/encoded_packet.hpp"
#include "protocol/engineio.hpp"
#include "protocol/websocket.hpp"

#include <compare>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace stentor {

/// Frames of the log, `first` up to but not including `last`.
struct frame_range {
  uint32_t first = 0;
  uint32_t last = 0;
  friend auto operator<=>(const frame_range&, const frame_range&) = default;
};

/// Every frame that one network thread sends in one tick, broadcast or direct, in one order.
///
/// Frames lie back to back with their WebSocket headers, so that neighbours leave in one `send`.
/// Not thread-safe; owned by the network thread.
class frame_log {
public:
  /// Adds a text frame with an Engine.IO message around `packet`.
  frame_range message(std::string_view packet);
  /// The same with attachments: binary frames right behind it. Without them, a message is the same in every revision.
  frame_range message(const encoded_packet& packet, engineio::revision how = engineio::revision::v4);
  /// Adds a binary message; in revision 3 it begins with a byte 4.
  frame_range binary_message(std::string_view bytes, engineio::revision how = engineio::revision::v4);
  /// The frames for a client that takes text only: these, or copies in which base64 stands for binary messages; of the same frames the
  /// same copies. `how` is the revision that these were made for.
  frame_range as_base64(frame_range frames, engineio::revision how);
  /// Adds a ready WebSocket frame of any kind.
  frame_range frame(websocket::opcode kind, std::string_view payload);

  /// The bytes of `ranges`, in order. One range needs no copy; a list equal to that of the previous call needs none either.
  /// Valid until the next call or change.
  std::string_view bytes(std::span<const frame_range> ranges);

  size_t size_bytes() const { return bytes_.size(); }
  size_t size_bytes(frame_range range) const { return slice(range).size(); }
  bool empty() const { return ends_.empty(); }
  void clear();

private:
  std::string_view slice(frame_range range) const;
  frame_range close_frame_at_end();
  frame_range copy_as_base64(frame_range frames, engineio::revision how);

  std::string bytes_;
  std::vector<size_t> ends_; ///< end of each frame in bytes_
  std::string scratch_;
  std::vector<frame_range> gathered_;
  std::map<frame_range, frame_range> base64_; ///< copies of frames
};

} // namespace stentor
