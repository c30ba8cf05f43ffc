#include "actors/room_actor.hpp"

#include "actors/errors.hpp"

#include <algorithm>
#include <cassert>
#include <iterator>
#include <utility>

namespace stentor {

room_host::room_host(handle::pointer self, const store::room_image_ptr& image, persistence_actor persistence, reader_pool readers,
                     announcer announce, room_policy policy)
  : self_(self), model_(image->info, policy.room), persistence_(std::move(persistence)), readers_(std::move(readers)),
    announce_(std::move(announce)), policy_(policy), typing_(policy.typing_timeout) {
  alive_.set(1);
  for (const auto& [who, role] : image->members)
    model_.admit(who, role);
}

room_host::handle::behavior_type room_host::make_behavior() {
  return {
    [this](const join& what) { return stirred().on_join(what); },
    [this](const leave& what) { stirred().on_leave(what); },
    [this](const submit& what) { return stirred().on_submit(what); },
    [this](const tell_hint& what) { return stirred().on_hint(what); },
    [this](const typing_tick&) { on_typing_tick(); },
    [this](const mark_read& what) { return stirred().on_mark_read(what); },
    [this](const list_members& what) { return stirred().on_list_members(what); },
    [this](const fetch& what) { return stirred().on_fetch(what); },
    [this](const describe& what) { return stirred().on_describe(what); },
    [this](const await_idle&) { return on_await_idle(); },
    [this](const idle_tick&) { on_idle_tick(); },
    [this](const rest&) { return on_rest(); },
    [this](const drain&) { return on_drain(); },
  };
}

// -- who hears it -------------------------------------------------------------

caf::result<joined> room_host::on_join(const join& what) {
  auto role = model_.may_hear(what.who);
  if (!role)
    return to_error(role.error());
  if (!what.after)
    return subscribe(what, {}, false);
  if (auto missed = model_.since(*what.after))
    return subscribe(what, *std::move(missed), false);
  auto reply = self_->make_response_promise<joined>();
  catch_up(arrivals_.emplace(what.listener, arrival{what, reply, *what.after}));
  return reply;
}

/// Reads first, subscribes last: in the turn in which the rows arrive, the tail has the rest. If the tail has moved
/// past them meanwhile, it reads once more. Rows of a commit that this room has not heard of yet are left to its delivery.
void room_host::catch_up(arrivals::iterator who) {
  arriving_.set(arrivals_.size());
  auto range =
    store::range{.where = store::range::direction::after, .from = who->second.reached, .limit = policy_.missed_max, .messages_only = false};
  self_->request(readers_.next(), caf::infinite, read_history{model_.info().id, range})
    .then([this, who](const store::page& read) { on_caught_up(who, read); },
          [this, who](const caf::error& why) { take(who).reply.deliver(to_error(to_failure(why))); });
}

void room_host::on_caught_up(arrivals::iterator who, const store::page& read) {
  const auto& what = who->second.what;
  if (auto role = model_.may_hear(what.who); !role) {
    take(who).reply.deliver(to_error(role.error()));
    return;
  }
  auto missed = read.events;
  std::erase_if(missed, [this](const event_ptr& x) { return x->seq > model_.last_seq(); });
  auto reached = std::min(read.reached, model_.last_seq());
  auto rest = model_.since(std::max({who->second.reached, reached, missed.empty() ? 0 : missed.back()->seq}));
  if (!rest && read.has_more && missed.empty())
    who->second.reached = reached; // a client could not tell from where to go on
  if (!rest && (!read.has_more || missed.empty()))
    return catch_up(who);
  if (rest)
    missed.insert(missed.end(), rest->begin(), rest->end());
  auto [asked, reply, from, left] = take(who);
  reply.deliver(left ? welcome(std::move(missed), !rest) : subscribe(asked, std::move(missed), !rest));
}

room_host::arrival room_host::take(arrivals::iterator who) {
  auto come = std::move(who->second);
  arrivals_.erase(who);
  arriving_.set(arrivals_.size());
  return come;
}

joined room_host::subscribe(const join& what, std::vector<event_ptr> missed, bool has_more) {
  auto& here = audiences_[what.listener.connection.thread];
  here.network = what.network;
  here.listeners.insert_or_assign(what.listener, what.who);
  return welcome(std::move(missed), has_more);
}

joined room_host::welcome(std::vector<event_ptr> missed, bool has_more) const {
  size_t fitting = 0, bytes = 0;
  while (fitting < std::min(missed.size(), policy_.missed_max) &&
         ((bytes += wire_bytes(*missed[fitting])) <= policy_.missed_bytes_max || fitting == 0))
    ++fitting;
  has_more |= fitting < missed.size();
  missed.resize(fitting);
  return {label(), model_.last_seq(), std::move(missed), has_more, model_.member_count()};
}

void room_host::on_leave(const leave& what) {
  if (auto gone = typing_.stop(what.listener.connection))
    tell_stopped({*gone});
  auto [coming, end] = arrivals_.equal_range(what.listener);
  for (; coming != end; ++coming)
    coming->second.left = true;
  auto here = audiences_.find(what.listener.connection.thread);
  if (here == audiences_.end())
    return;
  here->second.listeners.erase(what.listener);
  if (here->second.listeners.empty())
    audiences_.erase(here);
}

/// Who may hear the room no more does not, from the event on that says so. Network threads see to their sockets themselves.
void room_host::send_away(const event& what) {
  auto leaver = departure_of(what);
  if (std::holds_alternative<everyone>(leaver))
    return audiences_.clear();
  auto* who = std::get_if<user_id>(&leaver);
  if (!who)
    return;
  for (auto& [thread, here] : audiences_)
    std::erase_if(here.listeners, [&](const auto& x) { return x.second == *who; });
  std::erase_if(audiences_, [](const auto& x) { return x.second.listeners.empty(); });
}

// -- what happens in it -------------------------------------------------------

caf::result<committed> room_host::on_submit(const submit& what) {
  if (draining_)
    return to_error(errc::shutting_down);
  auto accepted = model_.decide(what.who->id, what.what);
  if (!accepted)
    return to_error(accepted.error());
  if (pending_.size() + in_flight_.size() >= policy_.pending_max)
    return to_error(errc::busy);
  auto reply = self_->make_response_promise<committed>();
  pending_.push_back({{what.who, *std::move(accepted)}, reply});
  append_next();
  return reply;
}

void room_host::count_waiting() {
  admitted_.set(pending_.size() + in_flight_.size());
  appending_.set(in_flight_.size());
}

/// Up to the first change of rights: what waits behind it is decided again.
void room_host::take_pending() {
  auto last = std::ranges::find_if(pending_, [](const waiting& x) { return changes_rights(x.what.what); });
  auto end = last == pending_.end() ? last : last + 1;
  in_flight_.assign(std::move_iterator{pending_.begin()}, std::move_iterator{end});
  pending_.erase(pending_.begin(), end);
}

void room_host::append_next() {
  auto is_free = in_flight_.empty();
  if (is_free)
    take_pending();
  count_waiting();
  if (!is_free || in_flight_.empty())
    return;
  auto batch = store::batch{model_.info().id, {}};
  for (const auto& x : in_flight_)
    batch.entries.push_back(x.what);
  self_->request(persistence_, caf::infinite, append{std::move(batch)})
    .then([this](const appended& done) { on_appended(done.outcomes); }, [this](const caf::error& why) { on_refused(to_failure(why)); });
}

void room_host::on_appended(const std::vector<store::outcome>& outcomes) {
  auto batch = std::exchange(in_flight_, {});
  assert(batch.size() == outcomes.size());
  auto news = std::vector<event_ptr>{};
  for (size_t i = 0; i < batch.size(); ++i) {
    const auto& [what, is_new] = outcomes[i];
    if (!what) {
      batch[i].reply.deliver(to_error(what.error()));
      continue;
    }
    if (is_new) {
      model_.apply(*what);
      news.push_back(*what);
    }
    batch[i].reply.deliver(committed{label(), *what});
  }
  fan_out(news);
  if (!batch.empty() && changes_rights(batch.back().what.what))
    decide_again();
  append_next();
  answer_drained();
}

/// What waits was decided before the rights have changed.
void room_host::decide_again() {
  std::erase_if(pending_, [this](waiting& x) {
    auto accepted = model_.decide(x.what.author->id, x.what.what);
    if (accepted)
      x.what.what = *std::move(accepted);
    else
      x.reply.deliver(to_error(accepted.error()));
    return !accepted;
  });
}

void room_host::on_refused(const failure& why) {
  for (auto& x : std::exchange(in_flight_, {}))
    x.reply.deliver(to_error(why));
  append_next();
  answer_drained();
}

void room_host::fan_out(const std::vector<event_ptr>& news) {
  if (news.empty())
    return;
  auto told = make_delivery();
  for (const auto& what : news)
    told.what.push_back(announce_.event(label(), what));
  tell(told);
  for (const auto& what : news)
    send_away(*what);
  tell_stopped(typing_.keep([this](user_id who) { return bool(model_.may_speak(who)); }));
}

void room_host::tell(const deliver& news) {
  for (const auto& [thread, here] : audiences_)
    self_->send(here.network, news);
}

// -- what passes --------------------------------------------------------------

caf::result<hinted> room_host::on_hint(const tell_hint& what) {
  if (auto role = model_.may_speak(what.who->id); !role)
    return to_error(role.error());
  auto one = typist{what.who, what.where};
  if (std::holds_alternative<typing_stopped>(what.what)) {
    if (auto gone = typing_.stop(what.where))
      tell_stopped({*gone});
  } else if (typing_.start(one, self_->clock().now())) {
    tell_typing(one, what.what);
    schedule_typing();
  }
  return hinted{label()};
}

void room_host::tell_typing(const typist& one, decltype(hint::what) what) {
  auto told = make_delivery();
  told.what.push_back(announce_.hint(label(), std::make_shared<const hint>(hint{one.who, what})));
  told.how = lane::hint;
  told.except = one.where;
  tell(told);
}

void room_host::tell_stopped(const std::vector<typist>& gone) {
  for (const auto& one : gone)
    tell_typing(one, typing_stopped{});
}

void room_host::on_typing_tick() {
  typing_scheduled_ = false;
  tell_stopped(typing_.expire(self_->clock().now()));
  schedule_typing();
}

/// One tick at a time: a message that is on its way cannot be called back.
void room_host::schedule_typing() {
  auto at = typing_.next();
  if (!at || typing_scheduled_)
    return;
  typing_scheduled_ = true;
  self_->delayed_send(self_, std::max(*at - self_->clock().now(), steady_time::duration::zero()), typing_tick{});
}

// -- what is asked of it ------------------------------------------------------

caf::result<store::page> room_host::on_fetch(const fetch& what) {
  auto role = model_.may_hear(what.who);
  if (!role)
    return to_error(role.error());
  return self_->delegate(readers_.next(), read_history{model_.info().id, what.which});
}

caf::result<store::cursor> room_host::on_mark_read(const mark_read& what) {
  if (draining_)
    return to_error(errc::shutting_down);
  if (auto role = model_.may_hear(what.who); !role)
    return to_error(role.error());
  return self_->delegate(persistence_, store::cursor{model_.info().id, what.who, std::min(what.seq, model_.last_seq())});
}

caf::result<store::member_page> room_host::on_list_members(const list_members& what) {
  auto role = model_.may_hear(what.who);
  if (!role)
    return to_error(role.error());
  auto which = what.which;
  which.least = *role >= member_role::moderator ? member_role::banned : member_role::muted;
  return self_->delegate(readers_.next(), read_members{model_.info().id, which});
}

caf::result<description> room_host::on_describe(const describe& what) {
  auto role = model_.role_of(what.who);
  auto is_stranger = !role || *role == member_role::banned;
  if (is_stranger && model_.info().visibility == room_visibility::closed)
    return to_error(errc::not_found);
  return description{model_.info(), role, model_.member_count()};
}

// -- its end ------------------------------------------------------------------

room_host& room_host::stirred() {
  stirred_ = true;
  return *this;
}

bool room_host::is_quiet() const {
  return audiences_.empty() && arrivals_.empty() && pending_.empty() && in_flight_.empty() && !typing_.next();
}

caf::result<idle> room_host::on_await_idle() {
  when_idle_ = self_->make_response_promise<idle>();
  schedule_idle();
  return when_idle_;
}

/// One tick at a time, as with typing.
void room_host::schedule_idle() {
  if (!std::exchange(idle_scheduled_, true))
    self_->delayed_send(self_, policy_.idle_time, idle_tick{});
}

void room_host::on_idle_tick() {
  idle_scheduled_ = false;
  if (!when_idle_.pending())
    return;
  if (std::exchange(stirred_, false) || !is_quiet())
    return schedule_idle();
  when_idle_.deliver(idle{});
}

/// Whoever asks next finds it again, or another one that was loaded afresh: never both.
caf::result<rested> room_host::on_rest() {
  if (stirred_ || !is_quiet())
    return rested{false};
  self_->quit();
  return rested{true};
}

caf::result<drained> room_host::on_drain() {
  draining_ = true;
  auto reply = self_->make_response_promise<drained>();
  drains_.push_back(reply);
  answer_drained();
  return reply;
}

void room_host::answer_drained() {
  if (!in_flight_.empty() || !pending_.empty())
    return;
  for (auto& reply : std::exchange(drains_, {}))
    reply.deliver(drained{});
}

} // namespace stentor
