#include "stentor/broadcast_operator.hpp"

#include "library/broadcast_state.hpp"
#include "library/socket_core.hpp"
#include "net/connection.hpp"

#include <mutex>

namespace stentor {
namespace {

/// The same for everyone.
class said final : public broadcast {
public:
  explicit said(spoken_event what) : what_(std::move(what)) {}
  spoken_event say(variant_id) const override { return what_; }
  const spoken_event& what() const { return what_; }

private:
  spoken_event what_;
};

/// Puts together what the network threads find out. Any thread.
template <class Sum>
class collector {
public:
  /// `parts`: how many reports are to come. `then` is called by `queue`, or by `other` if that has ended.
  collector(work_queue queue, work_queue other, size_t parts, std::function<void(Sum)> then)
    : queue_(std::move(queue)), other_(std::move(other)), open_(parts), then_(std::move(then)) {}

  /// More is to come besides the threads' own reports. To be called before the thread that knows of it reports.
  void expect(size_t more) {
    auto lock = std::lock_guard{mutex_};
    open_ += more;
  }
  /// One of what was expected.
  template <class Add>
  void report(Add add) {
    auto lock = std::lock_guard{mutex_};
    add(sum_);
    if (--open_ == 0)
      finish();
  }
  /// Hands over what there is.
  void finish() {
    enqueue(queue_, other_, [then = std::move(then_), sum = std::move(sum_)]() mutable { then(std::move(sum)); });
  }

private:
  work_queue queue_, other_;
  std::mutex mutex_;
  size_t open_;
  Sum sum_;
  std::function<void(Sum)> then_;
};

void append(std::vector<room_key>& rooms, const room_names& more) {
  rooms.insert(rooms.end(), more.all().begin(), more.all().end());
}

/// Where someone listens to what sockets are sent.
void overhear(const server_core& core, io::nsp& place, const io::audience& whom, const spoken_event& what) {
  if (core.overheard > 0)
    place.each(whom, [&](io::socket& who) {
      if (auto core = core_of(who))
        core->on_outgoing(what.event, what.args);
    });
}

} // namespace

void broadcast_operator::state::each_place(std::function<void(io::nsp&)> call) const {
  home->core->on_every_thread([self = *this, call = std::move(call)](server_core::floor& there) { self.each_place_on(there, call); });
}

void broadcast_operator::state::each_place_on(server_core::floor& there, const std::function<void(io::nsp&)>& call) const {
  there.sockets.each_place(*home, [&](io::nsp& one) {
    if (place.empty() || one.name() == place)
      call(one);
  });
}

template <class Change>
broadcast_operator broadcast_operator::with(Change change) const {
  auto copy = std::make_shared<state>(*state_);
  change(*copy);
  return broadcast_operator{std::move(copy)};
}

broadcast_operator broadcast_operator::to(const room_names& rooms) const {
  return with([&](state& s) { append(s.whom.rooms, rooms); });
}

broadcast_operator broadcast_operator::except(const room_names& rooms) const {
  return with([&](state& s) { append(s.whom.except, rooms); });
}

broadcast_operator broadcast_operator::volatile_() const {
  return with([](state& s) { s.whom.how = lane::volatile_; });
}

broadcast_operator broadcast_operator::compress(bool wanted) const {
  return with([&](state& s) { s.whom.compress = compression_if(wanted); });
}

broadcast_operator broadcast_operator::timeout(std::chrono::milliseconds wait) const {
  return with([&](state& s) { s.wait = wait; });
}

void broadcast_operator::emit_values(std::string event, std::vector<json> args) const {
  check_event(event, args);
  auto what = std::make_shared<const said>(spoken_event{std::move(event), std::move(args)});
  state_->each_place([state = state_, what](io::nsp& place) {
    overhear(*state->home->core, place, state->whom, what->what());
    place.tell(state->whom, what);
  });
}

void broadcast_operator::ask_values(std::string event, std::vector<json> args, std::function<void(const answers&)> then) const {
  check_event(event, args);
  auto& core = *state_->home->core;
  auto all = std::make_shared<collector<answers>>(state_->queue, core.queue, core.config.network.threads, std::move(then));
  auto hear = [all](const result<std::span<const json>>& got) {
    auto args = got ? std::optional<std::vector<json>>{{got->begin(), got->end()}} : std::nullopt;
    all->report([args = std::move(args)](answers& sum) {
      if (args)
        sum.args.push_back(*args);
      else
        ++sum.missing;
    });
  };
  auto ask = [whom = state_->whom, what = spoken_event{std::move(event), std::move(args)}, wait = state_->wait, all, hear,
              home = state_->home](io::nsp& place) {
    overhear(*home->core, place, whom, what);
    all->expect(place.ask(whom, what, wait, hear));
  };
  auto asked = core.on_every_thread([state = state_, ask, all](server_core::floor& there) {
    state->each_place_on(there, ask);
    all->report([](answers&) {});
  });
  if (!asked)
    all->finish();
}

void broadcast_operator::fetch_sockets(std::function<void(std::vector<socket_snapshot>)> then) const {
  auto& core = *state_->home->core;
  auto all =
    std::make_shared<collector<std::vector<socket_snapshot>>>(state_->queue, core.queue, core.config.network.threads, std::move(then));
  auto asked = core.on_every_thread([state = state_, all](server_core::floor& there) {
    std::vector<socket_snapshot> found;
    state->each_place_on(there, [&](io::nsp& place) {
      place.each(state->whom, [&](io::socket& who) {
        auto core = core_of(who);
        if (!core)
          return;
        auto rooms = who.rooms();
        rooms.insert(rooms.begin(), who.id());
        found.push_back({who.id(), core->handshake(), std::move(rooms), core->shared_data});
      });
    });
    all->report([found = std::move(found)](auto& sum) { sum.insert(sum.end(), found.begin(), found.end()); });
  });
  if (!asked)
    all->finish();
}

void broadcast_operator::sockets_join(const room_names& rooms) const {
  state_->each_place([whom = state_->whom, rooms = rooms.all()](io::nsp& place) {
    place.each(whom, [&](io::socket& who) {
      for (const auto& room : rooms)
        who.enter(room);
      if (auto core = core_of(who))
        core->enqueue([core, rooms] { core->joined(rooms); });
    });
  });
}

void broadcast_operator::sockets_leave(const room_names& rooms) const {
  state_->each_place([whom = state_->whom, rooms = rooms.all()](io::nsp& place) {
    place.each(whom, [&](io::socket& who) {
      for (const auto& room : rooms)
        who.leave(room);
      if (auto core = core_of(who))
        core->enqueue([core, rooms] { core->left(rooms); });
    });
  });
}

void broadcast_operator::disconnect_sockets(disconnect_from what) const {
  state_->each_place([whom = state_->whom, what](io::nsp& place) { place.each(whom, [&](io::socket& who) { disconnect(who, what); }); });
}

} // namespace stentor
