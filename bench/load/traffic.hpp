#pragma once

#include "fleet.hpp"
#include "latency.hpp"
#include "options.hpp"
#include "stamp.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace stentor::load {

/// Messages through channels: the first member of each keeps `in_flight` messages unacknowledged, every member checks
/// that it hears each of them once and in order, and some members take the time.
class traffic : public listener {
public:
  /// `channel_ids[c]` is the channel of the connections c * members_per_channel and the following.
  traffic(fleet& all, const options& plan, std::vector<std::string> channel_ids);

  void start();
  void stop() { sending_ = false; }

  /// While on, delivery and ack times are kept.
  void keep_times(bool on) { keeping_ = on; }

  /// Every message is acknowledged and everyone has as many as were sent.
  bool settled() const { return acked_ == sent_ && deliveries_ == sent_ * plan_.members_per_channel; }

  uint64_t acked() const { return acked_; }
  uint64_t deliveries() const { return deliveries_; }
  latency& delivery_times() { return delivery_times_; }
  latency& ack_times() { return ack_times_; }

  /// What the server owes or did wrong, one sentence each; empty if everyone got everything in order.
  std::vector<std::string> violations() const;

  void on_ack(connection& from, uint64_t id) override;
  void on_new_message(std::string_view packet, connection& to) override;

private:
  struct unacknowledged {
    uint64_t ack_id;
    steady_time sent_at;
  };

  struct sender {
    std::string channel_id;
    uint64_t sent = 0;
    std::vector<unacknowledged> waiting;
  };

  struct member {
    uint64_t received = 0;
    uint64_t last_seq = 0;
    bool timed = false;
  };

  void send_next(connection& from, sender& by);
  void note(std::string violation);

  fleet& all_;
  options plan_;
  std::vector<sender> senders_;
  std::vector<member> members_;
  stamp_reader stamps_;
  bool sending_ = false;
  bool keeping_ = false;
  uint64_t sent_ = 0;
  uint64_t acked_ = 0;
  uint64_t deliveries_ = 0;
  latency delivery_times_;
  latency ack_times_;
  std::vector<std::string> noted_;
  uint64_t violation_count_ = 0;
};

} // namespace stentor::load
