#include "io/server.hpp"

#include "net/connection.hpp"

namespace stentor::io {

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

namespace_handler* server::find(const std::string& nsp) {
  auto found = namespaces_.find(nsp);
  return found == namespaces_.end() ? nullptr : found->second;
}

void server::forget(socket& gone) {
  static_cast<client*>(gone.link().handler())->forget(gone);
}

} // namespace stentor::io
