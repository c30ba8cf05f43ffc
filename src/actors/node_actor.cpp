#include "actors/node_actor.hpp"

#include "base/log.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace stentor {
namespace {

constexpr std::string_view names[] = {"", "network threads with their clients", "the registry", "rooms", ""};

} // namespace

node_host::node_host(handle::pointer self, house parts, drain_policy policy)
  : self_(self), parts_(std::move(parts)), policy_(std::move(policy)) {
}

node_host::handle::behavior_type node_host::make_behavior() {
  return {
    [this](const drain&) { return on_drain(); },
    [this](const hurry&) { policy_.hurry(); },
    [this](const time_is_up& what) { on_time_is_up(what); },
  };
}

caf::result<drained> node_host::on_drain() {
  auto to = self_->make_response_promise<drained>();
  drains_.push_back(to);
  if (step_ != step::none)
    return to;
  deadline_ = self_->clock().now() + policy_.timeout;
  self_->delayed_send(self_, policy_.timeout * 3 / 4, hurry{});
  go_on();
  return to;
}

void node_host::go_on() {
  step_ = static_cast<step>(static_cast<uint8_t>(step_) + 1);
  if (step_ == step::end)
    return stop_the_rest();
  auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline_ - self_->clock().now());
  // Network threads end by themselves when the time is over, and have a grace to say so.
  auto may_take = step_ == step::networks ? left + policy_.grace : std::max(left, policy_.grace);
  self_->delayed_send(self_, may_take, time_is_up{static_cast<uint64_t>(step_)});
  switch (step_) {
    case step::networks: return drain_networks();
    case step::registry: return drain_one(parts_.registry);
    default: return drain_one(parts_.directory);
  }
}

void node_host::drain_networks() {
  left_ = parts_.networks.size();
  for (const auto& network : parts_.networks)
    self_->request(network, caf::infinite, drain{})
      .then([this](const drained&) { on_drained(step::networks); }, [this](const caf::error&) { on_drained(step::networks); });
}

template <class Actor>
void node_host::drain_one(const Actor& whom) {
  left_ = 1;
  self_->request(whom, caf::infinite, drain{})
    .then([this, in = step_](const drained&) { on_drained(in); }, [this, in = step_](const caf::error&) { on_drained(in); });
}

void node_host::on_drained(step in) {
  if (in == step_ && --left_ == 0)
    go_on();
}

void node_host::on_time_is_up(const time_is_up& what) {
  if (what.step != static_cast<uint64_t>(step_))
    return;
  log::logger().error("not drained in time and left behind: {} ({} not answered)", names[what.step], left_);
  go_on();
}

void node_host::stop_the_rest() {
  policy_.hurry();
  self_->send_exit(parts_.registry, caf::exit_reason::user_shutdown);
  self_->send_exit(parts_.presence, caf::exit_reason::user_shutdown);
  self_->send_exit(parts_.accounts, caf::exit_reason::user_shutdown);
  for (const auto& hasher : parts_.hashers)
    self_->send_exit(hasher, caf::exit_reason::user_shutdown);
  self_->send_exit(parts_.directory, caf::exit_reason::user_shutdown);
  self_->send_exit(parts_.persistence, caf::exit_reason::user_shutdown);
  for (const auto& reader : parts_.readers)
    self_->send_exit(reader, caf::exit_reason::user_shutdown);
  parts_ = {};
  for (auto& to : std::exchange(drains_, {}))
    to.deliver(drained{});
  self_->quit();
}

} // namespace stentor
