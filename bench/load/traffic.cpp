#include "traffic.hpp"

#include "base/json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace stentor::load {

namespace {

constexpr size_t noted_max = 10;

} // namespace

traffic::traffic(fleet& all, const options& plan, std::vector<std::string> channel_ids)
  : all_(all), plan_(plan), members_(plan.connections()) {
  for (auto& id : channel_ids)
    senders_.push_back({std::move(id), 0, {}});
  auto timed = std::min(plan.latency_members, members_.size());
  for (size_t i = 0; i < timed; ++i)
    members_[i * members_.size() / timed].timed = true;
}

void traffic::start() {
  sending_ = true;
  for (size_t c = 0; c < senders_.size(); ++c) {
    auto& first = all_[c * plan_.members_per_channel];
    for (size_t i = 0; i < plan_.in_flight; ++i)
      send_next(first, senders_[c]);
    all_.flush(first);
  }
}

void traffic::send_next(connection& from, sender& by) {
  auto now = clock::now();
  auto seq = ++by.sent;
  ++sent_;
  json message = {{"content", stamp{seq, now}.content(plan_.payload_bytes)},
                  {"channelId", by.channel_id},
                  {"clientMessageId", fmt::format("{}-{}", by.channel_id, seq)}};
  by.waiting.push_back({all_.emit(from, "send_message", message.dump()), now});
}

void traffic::on_ack(connection& from, uint64_t id) {
  auto& by = senders_[from.index / plan_.members_per_channel];
  auto found = std::find_if(by.waiting.begin(), by.waiting.end(), [&](const auto& x) { return x.ack_id == id; });
  if (found == by.waiting.end())
    return note(fmt::format("ack {} came twice or to the wrong connection", id));
  if (keeping_)
    ack_times_.add(clock::now() - found->sent_at);
  by.waiting.erase(found);
  ++acked_;
  if (sending_)
    send_next(from, by);
}

void traffic::on_new_message(std::string_view packet, connection& to) {
  auto& who = members_[to.index];
  ++who.received;
  ++deliveries_;
  auto text = stamps_.find(packet);
  if (!text)
    return note("a message without our stamp: " + std::string{packet.substr(0, 200)});
  auto seq = seq_of(*text);
  if (seq != who.last_seq + 1)
    note(fmt::format("member {} got message {} after {}", to.index, seq, who.last_seq));
  who.last_seq = seq;
  if (keeping_ && who.timed)
    delivery_times_.add(clock::now() - sent_at_of(*text));
}

void traffic::note(std::string violation) {
  if (++violation_count_ <= noted_max)
    noted_.push_back(std::move(violation));
}

std::vector<std::string> traffic::violations() const {
  auto all = noted_;
  if (violation_count_ > noted_max)
    all.push_back(fmt::format("and {} more of these", violation_count_ - noted_max));
  if (acked_ != sent_)
    all.push_back(fmt::format("{} of {} messages were never acknowledged", sent_ - acked_, sent_));
  auto wrong = size_t{0};
  for (size_t i = 0; i < members_.size(); ++i)
    wrong += members_[i].received != senders_[i / plan_.members_per_channel].sent ? 1 : 0;
  if (wrong != 0)
    all.push_back(fmt::format("{} members have more or fewer messages than were sent to them", wrong));
  return all;
}

} // namespace stentor::load
