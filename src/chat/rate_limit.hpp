#pragma once

#include "base/clock.hpp"
#include "base/settings.hpp"

#include <array>
#include <atomic>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

namespace stentor {

/// So many events in a minute, a sixth of them (at least one) at once.
struct rate {
  std::chrono::nanoseconds interval{0}; ///< between two events that come evenly
  std::chrono::nanoseconds slack{0};    ///< by which events may come earlier

  static constexpr rate per_minute(uint64_t events) {
    auto interval = std::chrono::nanoseconds{std::chrono::minutes{1}} / static_cast<int64_t>(events);
    auto burst = events < 6 ? 1 : static_cast<int64_t>(events / 6);
    return {interval, interval * (burst - 1)};
  }
};

/// The generic cell rate algorithm (ITU-T I.371) in one word: when the next event would be due if all had come evenly.
/// Any thread.
class rate_cell {
public:
  /// Takes one event in and gives zero; or takes none in and gives how long until one would be.
  std::chrono::nanoseconds take(const rate& limit, steady_time now) noexcept;
  /// True if it is as good as new.
  bool is_idle(steady_time now) const noexcept { return due_.load(std::memory_order_relaxed) <= now.time_since_epoch().count(); }

private:
  std::atomic<int64_t> due_{0};
};

/// What is counted. Each has a rate of its own.
enum class rate_action : uint8_t { events, messages, changes, joins, typing, queries, requests, reads, connects, logins, count };

/// One cell per action: of a user, or of an address. Shared by all who act in that name, on whatever thread.
struct rate_cells {
  std::array<rate_cell, static_cast<size_t>(rate_action::count)> cells;

  bool is_idle(steady_time now) const noexcept;
};
using rate_cells_ptr = std::shared_ptr<rate_cells>;

/// The rate of each action.
struct rate_limits {
  std::array<rate, static_cast<size_t>(rate_action::count)> rates;

  static rate_limits of(const rate_settings& per_minute);

  /// As rate_cell::take().
  std::chrono::nanoseconds take(rate_cells& from, rate_action what, steady_time now) const noexcept {
    auto at = static_cast<size_t>(what);
    return from.cells[at].take(rates[at], now);
  }
};

/// The cells of everybody, found by name. Cells that are as good as new are forgotten, which changes nothing; so there are no more
/// than names that acted lately. Not thread-safe.
class rate_book {
public:
  rate_cells_ptr of(const std::string& name, steady_time now);
  size_t size() const { return cells_.size(); }

private:
  void sweep(steady_time now);

  std::unordered_map<std::string, rate_cells_ptr> cells_;
  size_t sweep_at_ = 1024;
};

/// Whom an address stands for: itself, or of IPv6 its /64, which one subscriber has whole.
std::string network_of(const std::string& address);

} // namespace stentor
