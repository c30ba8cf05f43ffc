#include "actors/directory_actor.hpp"

#include "actors/errors.hpp"
#include "base/log.hpp"

#include <algorithm>
#include <utility>

namespace stentor {

directory_host::directory_host(handle::pointer self, reader_pool readers, room_starter start)
  : self_(self), readers_(std::move(readers)), start_(std::move(start)) {
}

directory_host::handle::behavior_type directory_host::make_behavior() {
  self_->set_down_handler([this](caf::down_msg& down) { on_down(down.source, down.reason); });
  self_->set_exit_handler([this](caf::exit_msg& exit) { // rooms do not outlive their directory, drained or not
    end_rooms();
    self_->quit(exit.reason);
  });
  return {
    [this](const find_room& what) { return on_find(what); },
    [this](const drain&) { return on_drain(); },
  };
}

caf::result<found_room> directory_host::on_find(const find_room& what) {
  if (draining_)
    return to_error(errc::shutting_down);
  auto to = self_->make_response_promise<found_room>();
  waiting_.set(++asking_);
  if (auto* room = std::get_if<room_id>(&what.room)) {
    find(*room, to);
    return to;
  }
  self_->request(readers_.next(), caf::infinite, resolve_room{what.room})
    .then([this, to](room_id room) { find(room, to); }, [this, to](const caf::error& why) { answer_one(to, to_failure(why)); });
  return to;
}

void directory_host::find(room_id room, reply to) {
  auto known = rooms_.find(room);
  if (known != rooms_.end() && !known->second.rests) {
    known->second.was_found = true;
    return answer_one(std::move(to), known->second.where);
  }
  auto& waiting = loading_[room];
  waiting.push_back(std::move(to));
  if (waiting.size() == 1 && known == rooms_.end())
    load(room);
}

void directory_host::answer_one(reply to, const result<found_room>& what) {
  waiting_.set(--asking_);
  if (what)
    to.deliver(*what);
  else
    to.deliver(to_error(what.error()));
}

void directory_host::answer_all(room_id room, const result<found_room>& what) {
  auto waiting = loading_.extract(room);
  for (auto& to : waiting.mapped())
    answer_one(std::move(to), what);
}

void directory_host::load(room_id room) {
  self_->request(readers_.next(), caf::infinite, load_room{room})
    .then([this, room](const store::room_image_ptr& image) { on_loaded(room, image); },
          [this, room](const caf::error& why) { answer_all(room, to_failure(why)); });
}

void directory_host::on_loaded(room_id room, const store::room_image_ptr& image) {
  if (draining_)
    return answer_all(room, errc::shutting_down);
  const auto& info = image->info;
  auto started = found_room{{info.id, info.key, info.kind}, start_(*self_, image)};
  self_->monitor(started.actor);
  rooms_.emplace(room, living{started});
  watch(room);
  answer_all(room, started);
}

// -- rooms that nobody needs --------------------------------------------------

void directory_host::watch(room_id room) {
  self_->request(rooms_.at(room).where.actor, caf::infinite, await_idle{})
    .then([this, room](const idle&) { on_idle(room); }, [](const caf::error&) {}); // on_down sees to it
}

void directory_host::on_idle(room_id room) {
  auto which = rooms_.find(room);
  if (draining_ || which == rooms_.end())
    return;
  if (std::exchange(which->second.was_found, false))
    return watch(room);
  which->second.rests = true;
  self_->request(which->second.where.actor, caf::infinite, rest{})
    .then([this, room](const rested& what) { on_rested(room, what.has_ended); }, [](const caf::error&) {});
}

void directory_host::on_rested(room_id room, bool has_ended) {
  auto which = rooms_.find(room);
  if (which == rooms_.end() || !which->second.rests)
    return;
  if (has_ended) {
    self_->demonitor(which->second.where.actor.address());
    return forget(room);
  }
  which->second.rests = false;
  which->second.was_found = loading_.contains(room);
  watch(room);
  if (which->second.was_found)
    answer_all(room, which->second.where);
}

/// Whoever has asked for it meanwhile gets another one.
void directory_host::forget(room_id room) {
  rooms_.erase(room);
  if (loading_.contains(room))
    load(room);
  if (draining_)
    on_drained(room);
}

void directory_host::on_down(const caf::actor_addr& who, const caf::error& why) {
  auto dead = std::ranges::find_if(rooms_, [&](const auto& x) { return x.second.where.actor.address() == who; });
  if (dead == rooms_.end())
    return;
  log::logger().error("a room has died ({}) and will be started afresh when it is asked for", self_->system().render(why));
  forget(dead->first);
}

caf::result<drained> directory_host::on_drain() {
  draining_ = true;
  auto to = self_->make_response_promise<drained>();
  drains_.push_back(to);
  for (const auto& [id, room] : rooms_)
    if (not_drained_.insert(id).second)
      self_->request(room.where.actor, caf::infinite, drain{})
        .then([this, id = id](const drained&) { on_drained(id); }, [this, id = id](const caf::error&) { on_drained(id); });
  end_if_drained();
  return to;
}

void directory_host::on_drained(room_id room) {
  not_drained_.erase(room);
  end_if_drained();
}

void directory_host::end_if_drained() {
  if (!not_drained_.empty())
    return;
  end_rooms();
  for (auto& to : std::exchange(drains_, {}))
    to.deliver(drained{});
}

void directory_host::end_rooms() {
  for (const auto& [id, room] : std::exchange(rooms_, {}))
    self_->send_exit(room.where.actor, caf::exit_reason::user_shutdown);
}

} // namespace stentor
