#include "io/server.hpp"

#include "base/metrics.hpp"
#include "net/connection.hpp"

namespace stentor::io {
namespace {

const auto recipients = metrics::series{metrics::metric::broadcast_recipients};

size_t count(const room_index::members& sockets) {
  size_t all = 0;
  for (const auto& [variant, some] : sockets)
    all += some.size();
  return all;
}

} // namespace

server::server(network& below)
  : below_(below), limits_{.depth_max = below.config().limits.json_depth_max, .elements_max = below.config().limits.json_elements_max} {
}

std::unique_ptr<connection_handler> server::open(connection& link) {
  return std::make_unique<client>(*this, link);
}

void server::tell(const deliver& news) {
  auto* members = rooms_.find(news.room);
  if (!members || news.what.empty())
    return;
  for (size_t i = 0, all = count(*members); i < news.what.size(); ++i)
    recipients.observe(all);
  auto is_told = [&](connection& to) { return to.id() != news.except && (news.how == lane::kept || to.writable()); };
  for (const auto& [variant, sockets] : *members) {
    auto frames = below_.log().message(news.what.front()->encode(variant));
    for (const auto& next : std::span{news.what}.subspan(1))
      frames.last = below_.log().message(next->encode(variant)).last;
    for (auto* to : sockets)
      if (is_told(to->link()))
        to->link().push(frames);
  }
}

void server::tell(std::span<const connection_id> whom, const std::string& nsp, const broadcast& what, variant_id variant) {
  auto frames = below_.log().message(what.encode(variant));
  for (const auto& id : whom)
    if (auto* link = below_.find(id); link && link->handler())
      if (auto to = static_cast<client*>(link->handler())->find(nsp); to && to->connected())
        link->push(frames);
}

void server::disconnect(std::span<const connection_id> whom) {
  for (const auto& id : whom)
    if (auto* link = below_.find(id); link && link->handler()) {
      static_cast<client*>(link->handler())->disconnect_all();
      link->leave_soon();
    }
}

namespace_handler* server::find(const std::string& nsp) {
  auto found = namespaces_.find(nsp);
  return found == namespaces_.end() ? nullptr : found->second.handler;
}

void server::forget(socket& gone) {
  static_cast<client*>(gone.link().handler())->forget(gone);
}

} // namespace stentor::io
