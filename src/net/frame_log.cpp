#include "net/frame_log.hpp"

#include <algorithm>

namespace stentor {

/// What an emptied log keeps allocated; a burst's memory goes back.
constexpr size_t kept_bytes_max = 1 << 20;

namespace {

bool has_binary(std::string_view frames) {
  while (!frames.empty())
    if (websocket::take_frame(frames).kind == websocket::opcode::binary)
      return true;
  return false;
}

} // namespace

frame_range frame_log::message(std::string_view packet) {
  websocket::append_header(bytes_, websocket::opcode::text, packet.size() + 1);
  bytes_ += '4';
  bytes_ += packet;
  return close_frame_at_end();
}

frame_range frame_log::message(const encoded_packet& packet, engineio::revision how) {
  auto first = static_cast<uint32_t>(ends_.size());
  if (!packet.text.empty())
    message(std::string_view{packet.text});
  for (const auto& attachment : packet.attachments)
    binary_message(attachment, how);
  return {first, static_cast<uint32_t>(ends_.size())};
}

frame_range frame_log::binary_message(std::string_view bytes, engineio::revision how) {
  if (how == engineio::revision::v4)
    return frame(websocket::opcode::binary, bytes);
  websocket::append_header(bytes_, websocket::opcode::binary, bytes.size() + 1);
  bytes_ += engineio::message_byte;
  bytes_ += bytes;
  return close_frame_at_end();
}

frame_range frame_log::as_base64(frame_range frames, engineio::revision how) {
  if (!has_binary(slice(frames)))
    return frames;
  if (auto known = base64_.find(frames); known != base64_.end())
    return known->second;
  return base64_.emplace(frames, copy_as_base64(frames, how)).first->second;
}

frame_range frame_log::copy_as_base64(frame_range frames, engineio::revision how) {
  const auto copy = std::string{slice(frames)}; // what is appended may move the log
  auto all = frame_range{static_cast<uint32_t>(ends_.size()), 0};
  for (auto rest = std::string_view{copy}; !rest.empty();) {
    auto [kind, payload] = websocket::take_frame(rest);
    if (kind != websocket::opcode::binary)
      all.last = frame(kind, payload).last;
    else
      all.last = frame(websocket::opcode::text, engineio::base64_packet(payload.substr(how == engineio::revision::v3 ? 1 : 0), how)).last;
  }
  return all;
}

frame_range frame_log::frame(websocket::opcode kind, std::string_view payload) {
  websocket::append_header(bytes_, kind, payload.size());
  bytes_ += payload;
  return close_frame_at_end();
}

frame_range frame_log::close_frame_at_end() {
  ends_.push_back(bytes_.size());
  auto last = static_cast<uint32_t>(ends_.size());
  return {last - 1, last};
}

std::string_view frame_log::slice(frame_range range) const {
  auto begin = range.first == 0 ? 0 : ends_[range.first - 1];
  return std::string_view(bytes_).substr(begin, ends_[range.last - 1] - begin);
}

std::string_view frame_log::bytes(std::span<const frame_range> ranges) {
  if (ranges.size() == 1)
    return slice(ranges[0]);
  if (!std::ranges::equal(ranges, gathered_)) {
    scratch_.clear();
    for (auto range : ranges)
      scratch_ += slice(range);
    gathered_.assign(ranges.begin(), ranges.end());
  }
  return scratch_;
}

void frame_log::clear() {
  bytes_.clear();
  ends_.clear();
  scratch_.clear();
  gathered_.clear();
  base64_.clear();
  for (auto* text : {&bytes_, &scratch_})
    if (text->capacity() > kept_bytes_max)
      std::string{}.swap(*text);
}

} // namespace stentor
