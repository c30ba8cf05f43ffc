#include "engine/chat_engine.hpp"

namespace stentor {

chat_engine::chat_engine(network& below, const chat_actors& actors, const std::string& secret)
  : auth_(below.self(), below.config().auth, secret, actors.readers, actors.persistence), sockets_(below),
    root_(below, actors, auth_) {
  sockets_.serve("/", root_);
}

} // namespace stentor
