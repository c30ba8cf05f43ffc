#include "engine/chat_engine.hpp"

namespace stentor {

chat_engine::chat_engine(network& below, const chat_actors& actors, token_verifier verify)
  : auth_(below.self(), below.config().auth, std::move(verify), actors.readers, actors.persistence), sockets_(below),
    root_(below, actors.directory, auth_) {
  sockets_.serve("/", root_);
}

} // namespace stentor
