#include "io/recovery_log.hpp"

#include <algorithm>
#include <charconv>

namespace stentor::io {

/// What a packet costs besides its bytes.
constexpr size_t entry_bytes = 96;

std::optional<uint64_t> recovery_log::number_of(std::string_view offset) const {
  if (!offset.starts_with(epoch_) || offset.size() <= epoch_.size() || offset[epoch_.size()] != '.')
    return std::nullopt;
  auto digits = offset.substr(epoch_.size() + 1);
  auto n = uint64_t{0};
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), n);
  if (error != std::errc{} || end != digits.data() + digits.size() || n > next())
    return std::nullopt;
  return n;
}

logged_range recovery_log::append(encoded_packet packet) {
  bytes_ += packet.bytes() + entry_bytes;
  packets_.push_back(std::move(packet));
  for (; bytes_ > bytes_max_ && !packets_.empty(); packets_.pop_front(), ++first_)
    bytes_ -= packets_.front().bytes() + entry_bytes;
  return {next() - 1, next()};
}

void told_ranges::add(logged_range told) {
  if (!ranges_.empty() && ranges_.back().last >= told.last)
    return;
  if (!ranges_.empty() && ranges_.back().last >= told.first) {
    ranges_.back().last = told.last;
    return;
  }
  if (ranges_.size() == ranges_max) {
    auto forgotten = ranges_.begin() + ranges_max / 2;
    known_from_ = std::prev(forgotten)->last;
    ranges_.erase(ranges_.begin(), forgotten);
  }
  ranges_.push_back(told);
}

std::optional<std::vector<logged_range>> told_ranges::from(uint64_t n) const {
  if (n < known_from_)
    return std::nullopt;
  std::vector<logged_range> found;
  for (auto range : ranges_)
    if (range.last > n)
      found.push_back({std::max(range.first, n), range.last});
  return found;
}

} // namespace stentor::io
