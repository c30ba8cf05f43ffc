#include "engine/chat_engine.hpp"

namespace stentor {

chat_engine::chat_engine(network& below, const chat_actors& actors, token_rules tokens)
  : auth_(below.self(), below.config().auth, std::move(tokens), actors.readers, actors.persistence), sockets_(below), root_(below, actors, auth_) {
  sockets_.serve("/", root_);
}

} // namespace stentor
