#include "io/server.hpp"

#include "io/client.hpp"
#include "net/connection.hpp"

#include <algorithm>

namespace stentor::io {

server::server(network& below)
  : below_(below), limits_{.depth_max = below.config().limits.json_depth_max, .elements_max = below.config().limits.json_elements_max},
    recovery_(below) {
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
    root->tell({.rooms = {news.room}, .except_connection = news.except, .how = news.how}, news.what);
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

socket::heard server::encode(const form& as, const std::string& name, spoken_event what, lane how) {
  auto& log = recovery_.log();
  auto is_logged = as.has_offset && how == lane::kept;
  if (as.has_offset)
    what.args.emplace_back(log.offset(log.next() + (is_logged ? 1 : 0)));
  auto packet = socketio::encode_event(as.wire, name, what.event, what.args);
  auto frames = below_.log().message(packet, as.wire.revision);
  if (!is_logged)
    return {frames, {}};
  return {frames, log.append(std::move(packet))};
}

} // namespace stentor::io
