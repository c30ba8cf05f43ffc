#include "actors/directory_actor.hpp"

#include "actors/errors.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace stentor {

directory_host::directory_host(handle::pointer self, reader_pool readers, room_starter start)
  : self_(self), readers_(std::move(readers)), start_(std::move(start)) {
}

directory_host::handle::behavior_type directory_host::make_behavior() {
  self_->set_down_handler([this](caf::down_msg& down) { on_down(down.source, down.reason); });
  return {
    [this](const find_room& what) { return on_find(what); },
    [this](const drain&) { return on_drain(); },
  };
}

caf::result<found_room> directory_host::on_find(const find_room& what) {
  if (draining_)
    return to_error(errc::shutting_down);
  auto to = self_->make_response_promise<found_room>();
  if (auto* room = std::get_if<room_id>(&what.room)) {
    find(*room, to);
    return to;
  }
  self_->request(readers_.next(), caf::infinite, resolve_room{what.room})
    .then([this, to](room_id room) { find(room, to); }, [to](const caf::error& why) mutable { to.deliver(to_error(to_failure(why))); });
  return to;
}

void directory_host::find(room_id room, reply to) {
  if (auto living = rooms_.find(room); living != rooms_.end()) {
    to.deliver(living->second);
    return;
  }
  auto& waiting = loading_[room];
  waiting.push_back(std::move(to));
  if (waiting.size() == 1)
    load(room);
}

void directory_host::load(room_id room) {
  self_->request(readers_.next(), caf::infinite, load_room{room})
    .then([this, room](const store::room_image_ptr& image) { on_loaded(room, image); },
          [this, room](const caf::error& why) { on_not_loaded(room, to_failure(why)); });
}

void directory_host::on_loaded(room_id room, store::room_image_ptr image) {
  if (draining_)
    return on_not_loaded(room, errc::shutting_down);
  const auto& info = image->info;
  auto started = found_room{{info.id, info.key, info.kind}, start_(*self_, image)};
  self_->monitor(started.actor);
  rooms_.emplace(room, started);
  auto waiting = loading_.extract(room);
  for (auto& to : waiting.mapped())
    to.deliver(started);
}

void directory_host::on_not_loaded(room_id room, const failure& why) {
  auto waiting = loading_.extract(room);
  for (auto& to : waiting.mapped())
    to.deliver(to_error(why));
}

void directory_host::on_down(const caf::actor_addr& who, const caf::error& why) {
  auto dead = std::ranges::find_if(rooms_, [&](const auto& x) { return x.second.actor.address() == who; });
  if (dead == rooms_.end())
    return;
  spdlog::error("a room has died ({}) and will be started afresh when it is asked for", self_->system().render(why));
  auto room = dead->first;
  rooms_.erase(dead);
  if (draining_)
    on_drained(room);
}

caf::result<drained> directory_host::on_drain() {
  draining_ = true;
  auto to = self_->make_response_promise<drained>();
  drains_.push_back(to);
  for (const auto& [id, room] : rooms_)
    if (not_drained_.insert(id).second)
      self_->request(room.actor, caf::infinite, drain{})
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
  for (const auto& [id, room] : std::exchange(rooms_, {}))
    self_->send_exit(room.actor, caf::exit_reason::user_shutdown);
  for (auto& to : std::exchange(drains_, {}))
    to.deliver(drained{});
}

} // namespace stentor
