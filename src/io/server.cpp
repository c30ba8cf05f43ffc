#include "io/server.hpp"

#include "net/connection.hpp"
#include "protocol/engineio.hpp"

#include <ranges>

namespace stentor::io {

constexpr size_t epoch_bytes = 8;

server::server(network& below)
  : below_(below), limits_{.depth_max = below.config().limits.json_depth_max, .elements_max = below.config().limits.json_elements_max},
    recovery_log_(engineio::make_sid().substr(0, epoch_bytes), below.config().recovery.log_bytes_max) {
}

server::~server() = default;

nsp& server::serve(std::string name, namespace_handler& handler) {
  auto made = std::make_shared<nsp>(*this, name, handler);
  return *(namespaces_[std::move(name)] = std::move(made));
}

void server::serve(matcher matches, namespace_handler& handler) {
  dynamic_.push_back({std::move(matches), &handler});
}

std::unique_ptr<connection_handler> server::open(connection& link) {
  return std::make_unique<client>(*this, link);
}

void server::tell(const deliver& news) {
  if (auto root = find("/"))
    root->tell({.rooms = {news.room}, .except_connection = news.except, .spares_slow = news.how == lane::droppable}, news.what);
}

void server::tell(std::span<const connection_id> whom, const std::string& name, const broadcast_ptr& what, variant_id variant) {
  std::map<form, socket::heard> said;
  for (const auto& id : whom) {
    auto* link = below_.find(id);
    auto to = link && link->handler() ? static_cast<client*>(link->handler())->find(name) : nullptr;
    if (!to || !to->connected())
      continue;
    auto as = to->heard_as(variant);
    auto [at, is_new] = said.try_emplace(as);
    if (is_new)
      at->second = encode(as, name, what->say(variant), lane::kept);
    to->hear(at->second);
  }
}

void server::disconnect(std::span<const connection_id> whom) {
  for (const auto& id : whom)
    if (auto* link = below_.find(id); link && link->handler()) {
      static_cast<client*>(link->handler())->disconnect_all();
      link->leave_soon();
    }
}

std::shared_ptr<nsp> server::find(const std::string& name) const {
  if (auto found = namespaces_.find(name); found != namespaces_.end())
    return found->second;
  auto child = children_.find(name);
  return child == children_.end() ? nullptr : child->second.lock();
}

std::shared_ptr<nsp> server::find_or_make(const std::string& name, const json& auth) {
  if (auto found = find(name))
    return found;
  auto parent = std::ranges::find_if(dynamic_, [&](const auto& x) { return x.matches(name, auth); });
  if (parent == dynamic_.end())
    return nullptr;
  auto child = std::shared_ptr<nsp>{new nsp(*this, name, *parent->handler), [this](const nsp* empty) {
                                      children_.erase(empty->name());
                                      delete empty;
                                    }};
  children_.insert_or_assign(name, child);
  return child;
}

void server::each_place(const namespace_handler& handler, const std::function<void(nsp&)>& call) {
  std::vector<std::shared_ptr<nsp>> all;
  for (const auto& [name, place] : namespaces_)
    all.push_back(place);
  for (const auto& [name, child] : children_)
    if (auto place = child.lock())
      all.push_back(std::move(place));
  for (const auto& place : all)
    if (&place->handler() == &handler)
      call(*place);
}

void server::forget(socket& gone) {
  static_cast<client*>(gone.link().handler())->forget(gone);
}

// -- recovery -----------------------------------------------------------------

bool server::recovers() const {
  return below_.config().recovery.max_disconnection_ms > 0;
}

socket::heard server::encode(const form& as, const std::string& name, spoken_event what, lane how) {
  auto is_logged = as.has_offset && how == lane::kept;
  if (as.has_offset)
    what.args.emplace_back(recovery_log_.offset(recovery_log_.next() + (is_logged ? 1 : 0)));
  auto packet = socketio::encode_event(as.wire, name, what.event, what.args);
  auto frames = below_.log().message(packet, as.wire.revision);
  if (!is_logged)
    return {frames, {}};
  return {frames, recovery_log_.append(std::move(packet))};
}

bool server::can_replay(std::span<const logged_range> missed) const {
  auto left = below_.config().network.outbox_bytes_max / 2;
  for (auto range : missed) {
    if (!recovery_log_.has(range))
      return false;
    for (auto n = range.first; n < range.last; ++n) {
      auto size = recovery_log_[n].bytes();
      if (size > left)
        return false;
      left -= size;
    }
  }
  return true;
}

std::string server::enter_recovery(const std::shared_ptr<socket>& who) {
  auto pid = engineio::make_sid();
  pid[0] = network::sid_letter(below_.index());
  recoverable_.emplace(pid, who);
  return pid;
}

void server::leave_recovery(const std::string& pid) {
  recoverable_.erase(pid);
}

std::shared_ptr<socket> server::find_recoverable(const std::string& pid) const {
  auto found = recoverable_.find(pid);
  return found == recoverable_.end() ? nullptr : found->second.lock();
}

bool server::hold_lost(std::shared_ptr<socket> who) {
  if (lost_.size() >= below_.config().recovery.lost_sockets_max)
    return false;
  lost_.emplace(who.get(), std::move(who));
  return true;
}

void server::release_lost(const socket& who) {
  lost_.erase(&who);
}

} // namespace stentor::io
