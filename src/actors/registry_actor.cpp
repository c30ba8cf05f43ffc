#include "actors/registry_actor.hpp"

#include "actors/errors.hpp"

#include <algorithm>

namespace stentor {
namespace {

/// Far longer than a token takes from the store to here.
constexpr auto remembered = std::chrono::minutes{1};

std::string name_of(user_id who) {
  return "user:" + std::to_string(who.value);
}

caf::error too_fast(std::chrono::nanoseconds wait) {
  return to_error({errc::rate_limited, std::chrono::ceil<std::chrono::milliseconds>(wait)});
}

} // namespace

registry_host::registry_host(handle::pointer self, session_starter start, rate_limits limits, steady_clock_fn now)
  : self_(self), start_(std::move(start)), limits_(limits), now_(std::move(now)) {
}

registry_host::handle::behavior_type registry_host::make_behavior() {
  return {
    [this](const attach& what) { return on_attach(what); },
    [this](const detach& what) { on_detach(what); },
    [this](const renew& what) { return on_renew(what); },
    [this](const expel& what) { on_expel(what); },
    [this](const count_action& what) { return on_count(what); },
    [this](const drain&) { return on_drain(); },
    [this](const pardon& what) { on_pardon(what); },
  };
}

caf::result<attached> registry_host::on_attach(const attach& what) {
  if (draining_)
    return to_error(errc::shutting_down);
  auto now = now_();
  auto from = rates_.of("address:" + network_of(what.address), now);
  if (auto wait = limits_.take(*from, rate_action::connects, now); wait.count() > 0)
    return too_fast(wait);
  if (!what.who->who)
    return attached{++last_device_, from};
  if (is_expelled(*what.who))
    return to_error({errc::invalid_token, "revoked"});
  auto& mine = session_of(what.who->who->id, now);
  ++mine.devices;
  self_->send(mine.session, device_came{++last_device_, what.where, what.who->token});
  return attached{last_device_, mine.cells};
}

registry_host::entry& registry_host::session_of(user_id who, steady_time now) {
  auto& mine = online_[who];
  if (!mine.session)
    mine = {start_(*self_, who), 0, rates_.of(name_of(who), now)};
  return mine;
}

/// With the last of its devices a session ends itself; who comes next gets another one.
void registry_host::on_detach(const detach& what) {
  auto mine = online_.find(what.who);
  if (mine == online_.end())
    return;
  self_->send(mine->second.session, device_left{what.device});
  if (--mine->second.devices == 0)
    online_.erase(mine);
}

caf::result<renewed> registry_host::on_renew(const renew& what) {
  if (is_expelled(*what.who))
    return to_error({errc::invalid_token, "revoked"});
  if (auto mine = online_.find(what.who->who->id); mine != online_.end())
    self_->send(mine->second.session, device_renewed{what.device, what.who->token});
  return renewed{};
}

void registry_host::on_expel(const expel& what) {
  auto now = now_();
  forget_expelled(now);
  expelled_.push_back({what, now});
  if (auto mine = online_.find(what.who); mine != online_.end())
    self_->send(mine->second.session, what);
}

/// Tokens that were revoked stay so.
void registry_host::on_pardon(const pardon& what) {
  std::erase_if(expelled_, [&](const expelled& x) { return x.what.who == what.who && x.what.token.empty(); });
}

bool registry_host::is_expelled(const identity& who) {
  forget_expelled(now_());
  return std::ranges::any_of(
    expelled_, [&](const auto& x) { return x.what.who == who.who->id && (x.what.token.empty() || x.what.token == who.token); });
}

void registry_host::forget_expelled(steady_time now) {
  while (!expelled_.empty() && now - expelled_.front().at > remembered)
    expelled_.pop_front();
}

caf::result<counted> registry_host::on_count(const count_action& what) {
  auto now = now_();
  if (auto wait = limits_.take(*rates_.of(name_of(what.who), now), what.what, now); wait.count() > 0)
    return too_fast(wait);
  return counted{};
}

caf::result<drained> registry_host::on_drain() {
  draining_ = true;
  for (const auto& [who, mine] : online_)
    self_->send_exit(mine.session, caf::exit_reason::user_shutdown);
  online_.clear();
  return drained{};
}

} // namespace stentor
