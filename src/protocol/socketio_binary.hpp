#pragma once

// Socket.IO v5 packets with binary in them: a text packet with placeholders, then its attachments.

#include "protocol/encoded_packet.hpp"
#include "protocol/socketio.hpp"

#include <memory>
#include <span>

namespace stentor::socketio {

enum class parser : uint8_t { json, msgpack };

/// Puts together the packets of one connection out of its messages. A client whose first message is binary speaks msgpack.
///
/// Between a packet that announces attachments and the last of them, a text is an error; so is a binary message at any other
/// time. After an error the connection is to be closed. Not thread-safe.
class decoder {
public:
  /// `bytes_max`: of one packet with all its attachments.
  decoder(json_limits limits, size_t bytes_max);
  ~decoder();

  /// A whole packet, in whose data attachments are binary values; nothing while attachments are missing; or `bad_request`,
  /// `too_large`.
  using outcome = result<std::optional<packet>>;
  outcome on_text(std::string_view text);
  outcome on_binary(std::string_view bytes);
  /// What the client speaks; JSON as long as it has said nothing.
  parser how() const { return how_; }
  /// True between a packet that announces attachments and the last of them.
  bool awaits_attachments() const { return unfinished_ != nullptr; }

private:
  struct unfinished;

  json_limits limits_;
  size_t bytes_max_;
  parser how_ = parser::json;
  bool has_begun_ = false;                 ///< the first message has come
  std::unique_ptr<unfinished> unfinished_; ///< while attachments are missing
};

/// True if a binary value is anywhere in it.
bool has_binary(std::span<const json> values);

/// `2["event",arg,…]`, or with binary values in `args` `5<n>-["event",…]` and what they hold.
/// Throws `std::length_error` over `attachments_max`, which clients refuse.
encoded_packet encode_event(std::string_view nsp, std::string_view event, std::span<const json> args,
                            std::optional<uint64_t> id = std::nullopt);
/// `3<id>[arg,…]`, or `6<n>-<id>[…]`; as above.
encoded_packet encode_ack(std::string_view nsp, uint64_t id, std::span<const json> args);

} // namespace stentor::socketio
