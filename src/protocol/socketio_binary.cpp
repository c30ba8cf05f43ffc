#include "protocol/socketio_binary.hpp"

#include "protocol/socketio_msgpack.hpp"

#include <algorithm>
#include <stdexcept>

namespace stentor::socketio {
namespace {

bool has_binary(const json& value) {
  return value.is_binary() ||
         (value.is_structured() && std::any_of(value.begin(), value.end(), [](const auto& part) { return has_binary(part); }));
}

/// Leaves placeholders. Depth first, as the reference numbers them.
void take_out(json& value, std::vector<std::string>& attachments) {
  if (value.is_binary()) {
    const auto& bytes = value.get_binary();
    attachments.emplace_back(bytes.begin(), bytes.end());
    value = {{"_placeholder", true}, {"num", attachments.size() - 1}};
  } else if (value.is_structured())
    for (auto& part : value)
      take_out(part, attachments);
}

void append(std::string& out, const json& value) {
  if (!out.empty())
    out += ',';
  out += value.dump(-1, ' ', false, json::error_handler_t::replace);
}

/// JSON texts, separated by commas.
std::string texts(std::span<const json> args) {
  std::string out;
  for (const auto& arg : args)
    append(out, arg);
  return out;
}

/// `text` is a packet without binary; its type becomes the binary one.
std::string as_binary(packet_type type, std::string text, size_t attachments) {
  if (attachments > attachments_max)
    throw std::length_error("a Socket.IO packet cannot have that many attachments");
  return text.replace(0, 1, static_cast<char>(type) + std::to_string(attachments) + '-');
}

/// `encode(texts)` makes the packet without binary.
template <class Encode>
encoded_packet encode(packet_type with_binary, std::span<const json> args, Encode encode) {
  if (!has_binary(args))
    return {encode(texts(args)), {}};
  std::vector<std::string> attachments;
  std::string out;
  for (auto copy : args) {
    take_out(copy, attachments);
    append(out, copy);
  }
  auto text = as_binary(with_binary, encode(out), attachments.size());
  return {std::move(text), std::move(attachments)};
}

/// Each attachment has one place at most: a packet grows by what it has brought, never by more. The decoder has checked the numbers.
bool fill_in(json& value, std::vector<std::string>& attachments, uint32_t& filled) {
  if (!value.is_structured())
    return true;
  if (value.is_object())
    if (auto mark = value.find("_placeholder"); mark != value.end() && *mark == true) {
      auto num = value["num"].get<size_t>();
      if (filled & (1U << num))
        return false;
      filled |= 1U << num;
      value = json::binary({attachments[num].begin(), attachments[num].end()});
      return true;
    }
  return std::all_of(value.begin(), value.end(), [&](json& part) { return fill_in(part, attachments, filled); });
}

decoder::outcome whole(result<packet> got) {
  if (!got)
    return got.error();
  return std::optional{*std::move(got)};
}

} // namespace

struct decoder::unfinished {
  packet what;
  std::vector<std::string> attachments;
  size_t bytes;
};

decoder::decoder(json_limits limits, size_t bytes_max) : limits_(limits), bytes_max_(bytes_max) {
}

decoder::~decoder() = default;

decoder::outcome decoder::on_text(std::string_view text) {
  has_begun_ = true;
  if (how_ == parser::msgpack)
    return failure{errc::bad_request, "a text from a client that speaks msgpack"};
  if (unfinished_)
    return failure{errc::bad_request, "a text among the attachments of a packet"};
  auto got = decode(text, limits_);
  if (!got || got->attachments == 0)
    return whole(std::move(got));
  unfinished_ = std::make_unique<unfinished>(unfinished{*std::move(got), {}, text.size()});
  return std::optional<packet>{};
}

decoder::outcome decoder::on_binary(std::string_view bytes) {
  if (!std::exchange(has_begun_, true))
    how_ = parser::msgpack;
  if (how_ == parser::msgpack)
    return whole(msgpack::decode(bytes, limits_));
  if (!unfinished_)
    return failure{errc::bad_request, "an attachment that no packet has announced"};
  unfinished_->bytes += bytes.size();
  if (unfinished_->bytes > bytes_max_)
    return failure{errc::too_large, "the attachments are too large"};
  unfinished_->attachments.emplace_back(bytes);
  if (unfinished_->attachments.size() < unfinished_->what.attachments)
    return std::optional<packet>{};
  auto complete = std::exchange(unfinished_, nullptr);
  auto filled = uint32_t{0};
  if (!fill_in(complete->what.data, complete->attachments, filled))
    return failure{errc::bad_request, "an attachment in two places"};
  return std::optional{std::move(complete->what)};
}

bool has_binary(std::span<const json> values) {
  return std::ranges::any_of(values, [](const json& value) { return has_binary(value); });
}

encoded_packet encode_event(std::string_view nsp, std::string_view event, std::span<const json> args, std::optional<uint64_t> id) {
  return encode(packet_type::binary_event, args, [&](std::string_view texts) { return event_packet(nsp, event, texts, id); });
}

encoded_packet encode_ack(std::string_view nsp, uint64_t id, std::span<const json> args) {
  return encode(packet_type::binary_ack, args, [&](std::string_view texts) { return ack_packet(nsp, id, texts); });
}

} // namespace stentor::socketio
