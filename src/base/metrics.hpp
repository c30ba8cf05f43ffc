#pragma once

#include "base/errc.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <span>
#include <string>
#include <string_view>

/// What the process counts. Hot paths add to cells of their own thread, without a lock; a scrape sums the threads.
namespace stentor::metrics {

/// One row of the table in metrics.cpp each, in its order.
enum class metric : uint8_t {
  connections,
  connections_opened,
  connections_closed,
  connections_refused,
  sockets,
  rooms,
  events_in,
  events_out,
  broadcast_recipients,
  flush_sends,
  commit_seconds,
  commit_operations,
  persistence_waiting,
  writes_waiting,
  room_pending,
  room_arrivals,
  rooms_loading,
  reads_waiting,
  hashes_waiting,
  http_sessions,
  outbox_backlog_bytes,
  dropped,
  errors,
  http_requests,
  build_info,
  uptime_seconds,
  resident_bytes,
  open_fds,
  max_fds,
  cpu_seconds,
  start_time,
  count
};

/// A metric with values for its labels. Looking it up takes a lock, so do it once and keep it; adding takes none.
///
/// Label values come from bounded sets (words of a table, never a client's text). Valid as long as the process lives.
class series {
public:
  explicit series(metric what, std::initializer_list<std::string_view> label_values = {});
  series(metric what, std::span<const std::string_view> label_values);

  /// To a counter, or to a gauge, which is the sum of what all threads have added.
  void add(int64_t n = 1) const;
  /// In a histogram; in the unit of its row's buckets.
  void observe(uint64_t value) const;

private:
  metric what_;
  uint32_t cell_;
};

/// The series of one metric that one thread has met, found again without a lock. Owned by that thread.
class family {
public:
  explicit family(metric what) : what_(what) {}
  const series& of(std::string_view first, std::string_view second = {}, std::string_view third = {});

private:
  struct by_text {
    using is_transparent = void;
    bool operator()(const auto& a, const auto& b) const {
      return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(), std::less<std::string_view>{});
    }
  };
  metric what_;
  std::map<std::array<std::string, 3>, series, by_text> known_;
};

/// An owner's part of a gauge, which goes with it.
class share {
public:
  explicit share(metric what) : of_(what) {}
  share(const share&) = delete;
  share& operator=(const share&) = delete;
  ~share() { set(0); }

  void set(size_t value);

private:
  series of_;
  int64_t value_ = 0;
};

/// For every failure that somebody is answered, once.
void count_error(errc code);

/// The sum over all label values of a counter or gauge.
int64_t total(metric what);

double uptime_seconds();

/// Everything in Prometheus's text format.
std::string text();
constexpr std::string_view text_type = "text/plain; version=0.0.4; charset=utf-8";

} // namespace stentor::metrics
