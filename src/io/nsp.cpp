#include "io/nsp.hpp"

#include "base/metrics.hpp"
#include "io/server.hpp"
#include "net/connection.hpp"

#include <algorithm>

namespace stentor::io {
namespace {

const auto recipients = metrics::series{metrics::metric::broadcast_recipients};

} // namespace

/// Says the same to many: each form is encoded when the first one wants it.
class nsp::speaker {
public:
  speaker(nsp& place, std::span<const broadcast_ptr> what, lane how) : place_(place), what_(what), how_(how) {}

  const socket::heard& in(const form& wanted) {
    auto known = std::ranges::find(said_, wanted, &said::as);
    return known == said_.end() ? said_.emplace_back(said{wanted, say_in(wanted)}).heard : known->heard;
  }

private:
  struct said {
    form as;
    socket::heard heard;
  };

  socket::heard say_in(const form& wanted) {
    auto all = encode(wanted, *what_.front());
    for (const auto& next : what_.subspan(1)) {
      auto [frames, logged] = encode(wanted, *next);
      all.frames.last = frames.last;
      if (logged)
        all.logged->last = logged->last;
    }
    return all;
  }

  socket::heard encode(const form& wanted, const broadcast& what) {
    return place_.owner_.encode(wanted, place_.name_, what.say(wanted.variant), how_);
  }

  nsp& place_;
  std::span<const broadcast_ptr> what_;
  lane how_;
  std::vector<said> said_; ///< few
};

void nsp::enter(socket& who) {
  sockets_.erase(who.id()); // and its key
  sockets_.emplace(who.id(), &who);
}

void nsp::leave(const socket& who) {
  if (auto at = sockets_.find(who.id()); at != sockets_.end() && at->second == &who)
    sockets_.erase(at);
}

socket* nsp::find(std::string_view id) {
  auto found = sockets_.find(id);
  return found == sockets_.end() ? nullptr : found->second;
}

std::vector<const socket*> nsp::in_any_of(std::span<const room_key> rooms) {
  std::vector<const socket*> all;
  for (const auto& room : rooms) {
    if (auto* members = rooms_.find(room))
      for (const auto& [as, sockets] : *members)
        all.insert(all.end(), sockets.begin(), sockets.end());
    if (auto* one = find(room))
      all.push_back(one);
  }
  std::ranges::sort(all);
  return all;
}

/// Whoever is in two of the rooms comes twice.
template <class Call>
void nsp::each_listener(const audience& whom, Call call) {
  auto tell = [&, left_out = in_any_of(whom.except)](const form& as, socket& who) {
    if (who.origin() != whom.except_connection && !std::ranges::binary_search(left_out, &who))
      call(as, who);
  };
  if (whom.rooms.empty())
    for (const auto& [id, who] : sockets_)
      tell(who->heard_as(0), *who);
  for (const auto& room : whom.rooms) {
    if (auto* members = rooms_.find(room))
      for (const auto& [as, sockets] : *members)
        for (auto* who : sockets)
          tell(as, *who);
    if (auto* one = find(room))
      tell(one->heard_as(0), *one);
  }
}

void nsp::tell(const audience& whom, std::span<const broadcast_ptr> what) {
  if (what.empty())
    return;
  auto reached = size_t{0};
  auto said = speaker{*this, what, whom.how};
  each_listener(whom, [&](const form& as, socket& to) {
    if (!to.takes(whom.how))
      return;
    ++reached;
    to.hear(said.in(as), whom.compress);
  });
  for (size_t i = 0; reached > 0 && i < what.size(); ++i)
    recipients.observe(reached);
}

size_t nsp::ask(const audience& whom, const spoken_event& what, std::chrono::milliseconds timeout, const socket::on_answer& then) {
  auto id = next_ack();
  auto said = std::map<socketio::wire_format, frame_range>{};
  auto asked = size_t{0};
  each(whom, [&](socket& to) {
    if (!to.connected())
      return;
    auto [at, is_new] = said.try_emplace(to.wire());
    if (is_new)
      at->second = owner_.below().log().message(socketio::encode_event(to.wire(), name_, what.event, what.args, id), to.wire().revision);
    ++asked;
    to.await_ack(id, timeout, then);
    to.hear({at->second, {}}, whom.compress);
  });
  return asked;
}

void nsp::each(const audience& whom, const std::function<void(socket&)>& call) {
  std::vector<std::shared_ptr<socket>> all;
  each_listener(whom, [&](const form&, socket& who) { all.push_back(who.shared_from_this()); });
  std::ranges::sort(all);
  all.erase(std::unique(all.begin(), all.end()), all.end());
  for (const auto& who : all)
    call(*who);
}

} // namespace stentor::io
