#include "actors/presence_actor.hpp"

#include "actors/errors.hpp"

#include <caf/typed_response_promise.hpp>

#include <algorithm>
#include <unordered_set>

namespace stentor {
namespace {

/// Users whose changes are looked up with one question.
constexpr size_t changes_per_round = 64;

} // namespace

presence_host::presence_host(handle::pointer self, reader_pool readers, network_list networks, status_announcer announce,
                             presence_policy policy, steady_clock_fn now)
  : self_(self), readers_(std::move(readers)), networks_(std::move(networks)), announce_(std::move(announce)), policy_(policy),
    now_(std::move(now)), book_(policy.grace) {
}

presence_host::handle::behavior_type presence_host::make_behavior() {
  return {
    [this](const online& what) { on_online(what); },
    [this](const offline& what) { on_offline(what); },
    [this](const ask_status& what) { return on_ask_status(what); },
    [this](const ask_online& what) { return on_ask_online(what); },
    [this](const announce_changes&) { on_announce(); },
  };
}

void presence_host::on_online(const online& what) {
  book_.arrive(what.who, what.device, what.where);
  announce_later();
}

void presence_host::on_offline(const offline& what) {
  book_.leave(what.who, what.device, now_());
  announce_later();
}

// -- who hears of it ----------------------------------------------------------

void presence_host::announce_later() {
  if (announcing_ || !book_.has_changes())
    return;
  announcing_ = true;
  self_->delayed_send(self_, policy_.tick, announce_changes{});
}

void presence_host::on_announce() {
  auto changes = book_.take_changes(now_(), changes_per_round);
  auto next = [this] {
    announcing_ = false;
    announce_later();
  };
  if (changes.empty())
    return next();
  auto question = find_acquaintances{{}, policy_.room_members_max};
  for (const auto& change : changes)
    question.of.push_back(change.who);
  self_->request(readers_.first(), caf::infinite, std::move(question))
    .then(
      [=, this](const user_lists& audiences) {
        announce(changes, audiences);
        next();
      },
      [next](const caf::error&) { next(); }); // whoever asks hears the truth
}

void presence_host::announce(const std::vector<status_change>& changes, const user_lists& audiences) {
  for (size_t i = 0; i < changes.size(); ++i) {
    auto whom = std::vector<connection_id>{};
    for (auto other : audiences.of[i].who)
      book_.add_connections(other, whom);
    if (!whom.empty())
      send_by_thread(self_, networks_, whom, [what = announce_(changes[i])](auto here) { return deliver_to{std::move(here), what}; });
  }
}

// -- what is asked ------------------------------------------------------------

caf::result<statuses> presence_host::on_ask_status(const ask_status& what) {
  auto to = self_->make_response_promise<statuses>();
  self_->request(readers_.next(), caf::infinite, find_known{what.asker, what.whom})
    .then(
      [this, to, whom = what.whom](const user_list& known) mutable {
        auto answer = statuses{};
        for (auto who : whom)
          answer.is_online.push_back(std::ranges::count(known.who, who) > 0 && book_.is_online(who));
        to.deliver(std::move(answer));
      },
      [to](const caf::error& why) mutable { to.deliver(to_error(to_failure(why))); });
  return to;
}

caf::result<user_list> presence_host::on_ask_online(const ask_online& what) {
  auto to = self_->make_response_promise<user_list>();
  self_->request(readers_.next(), caf::infinite, find_members{what.asker, what.room})
    .then(
      [this, to](const user_list& members) mutable {
        auto present = user_list{};
        std::ranges::copy_if(members.who, std::back_inserter(present.who), [this](auto who) { return book_.is_online(who); });
        to.deliver(std::move(present));
      },
      [to](const caf::error& error) mutable {
        auto why = to_failure(error);
        if (why.code == errc::not_found)
          to.deliver(user_list{});
        else
          to.deliver(to_error(why));
      });
  return to;
}

} // namespace stentor
