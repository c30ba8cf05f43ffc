#pragma once

#include "protocol/encoded_packet.hpp"

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stentor::io {

/// Packets of a log, `first` up to but not including `last`.
struct logged_range {
  uint64_t first = 0;
  uint64_t last = 0;
  friend bool operator==(const logged_range&, const logged_range&) = default;
};

/// What one network thread has told sockets that may recover, numbered in the order of telling. Keeps the newest packets, up to
/// `bytes_max` with what each one costs besides.
///
/// A client's offset says how much of it that client has seen: `<epoch>.<n>`, everything before number n. Not thread-safe.
class recovery_log {
public:
  /// `epoch` tells this log from those of other threads and processes; it has no dot.
  recovery_log(std::string epoch, size_t bytes_max) : epoch_(std::move(epoch)), bytes_max_(bytes_max) {}

  /// The number that the next packet gets.
  uint64_t next() const { return first_ + packets_.size(); }
  /// The offset of whoever has seen everything before `n`.
  std::string offset(uint64_t n) const { return epoch_ + '.' + std::to_string(n); }
  /// Nothing if the offset is of another log, or of packets that were not told yet.
  std::optional<uint64_t> number_of(std::string_view offset) const;

  logged_range append(encoded_packet packet);
  /// False if some of these are kept no longer.
  bool has(logged_range those) const { return those.first >= first_ || those.first == those.last; }
  /// Requires `has`.
  const encoded_packet& operator[](uint64_t n) const { return packets_[n - first_]; }

  size_t size_bytes() const { return bytes_; }

private:
  std::string epoch_;
  size_t bytes_max_;
  size_t bytes_ = 0;
  uint64_t first_ = 0; ///< number of the oldest packet that is kept
  std::deque<encoded_packet> packets_;
};

/// What one socket was told, as ranges of its thread's log. Bounded: of more than `ranges_max` ranges the oldest are forgotten.
class told_ranges {
public:
  static constexpr size_t ranges_max = 1024;

  explicit told_ranges(uint64_t start) : known_from_(start), start_(start) {}

  /// What comes twice in a row counts once.
  void add(logged_range told);
  /// The log's next number when the socket came.
  uint64_t start() const { return start_; }
  /// What was told from number `n` on; nothing if that is not known any more.
  std::optional<std::vector<logged_range>> from(uint64_t n) const;

private:
  uint64_t known_from_;
  uint64_t start_;
  std::vector<logged_range> ranges_;
};

} // namespace stentor::io
