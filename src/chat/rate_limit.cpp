#include "chat/rate_limit.hpp"

#include <algorithm>

#include <arpa/inet.h>

namespace stentor {

std::chrono::nanoseconds rate_cell::take(const rate& limit, steady_time now) noexcept {
  auto at = std::chrono::nanoseconds{now.time_since_epoch()}.count();
  auto due = due_.load(std::memory_order_relaxed);
  for (;;) {
    auto early = due - at - limit.slack.count();
    if (early > 0)
      return std::chrono::nanoseconds{early};
    if (due_.compare_exchange_weak(due, std::max(due, at) + limit.interval.count(), std::memory_order_relaxed))
      return std::chrono::nanoseconds{0};
  }
}

bool rate_cells::is_idle(steady_time now) const noexcept {
  return std::ranges::all_of(cells, [now](const auto& cell) { return cell.is_idle(now); });
}

rate_limits rate_limits::of(const rate_settings& x) {
  auto in_order = {x.events, x.messages, x.changes, x.joins, x.typing, x.queries, x.requests, x.reads, x.connects, x.logins};
  auto limits = rate_limits{};
  static_assert(std::tuple_size_v<decltype(limits.rates)> == 10, "one rate per action, in order");
  std::ranges::transform(in_order, limits.rates.begin(), rate::per_minute);
  return limits;
}

rate_cells_ptr rate_book::of(const std::string& name, steady_time now) {
  auto& found = cells_[name];
  if (found)
    return found;
  auto fresh = found = std::make_shared<rate_cells>();
  if (cells_.size() >= sweep_at_)
    sweep(now);
  return fresh;
}

/// Cells that somebody holds stay: whoever asks next must get the same ones.
void rate_book::sweep(steady_time now) {
  std::erase_if(cells_, [now](const auto& x) { return x.second.use_count() == 1 && x.second->is_idle(now); });
  sweep_at_ = std::max<size_t>(1024, 2 * cells_.size());
}

std::string network_of(const std::string& address) {
  auto bytes = in6_addr{};
  if (inet_pton(AF_INET6, address.c_str(), &bytes) != 1 || IN6_IS_ADDR_V4MAPPED(&bytes))
    return address;
  std::fill(bytes.s6_addr + 8, bytes.s6_addr + 16, uint8_t{0});
  char text[INET6_ADDRSTRLEN];
  return inet_ntop(AF_INET6, &bytes, text, sizeof text);
}

} // namespace stentor
