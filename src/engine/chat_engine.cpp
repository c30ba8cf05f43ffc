#include "engine/chat_engine.hpp"

#include "engine/chat_broadcast.hpp"

namespace stentor {

chat_engine::chat_engine(network& below, const chat_actors& actors, token_rules tokens)
  : auth_(below.self(), below.config().auth, std::move(tokens), actors.readers, actors.persistence), sockets_(below),
    root_(below, actors, auth_) {
  sockets_.serve("/", root_);
}

/// Whom an event sends away hears it, and nothing after it.
void chat_engine::on_deliver(const deliver& news) {
  auto part = deliver{news.room, {}, news.how, news.except};
  for (const auto& what : news.what) {
    part.what.push_back(what);
    const auto* told = dynamic_cast<const chat_broadcast*>(what.get());
    if (!told || std::holds_alternative<std::monostate>(departure_of(told->what())))
      continue;
    sockets_.tell(part);
    part.what.clear();
    root_.send_away(told->what());
  }
  sockets_.tell(part);
}

} // namespace stentor
