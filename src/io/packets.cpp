#include "io/packets.hpp"

#include "protocol/socketio.hpp"

namespace stentor::io {

std::string event_packet(std::string_view nsp, std::string_view event, std::string_view args) {
  return socketio::event_packet(nsp, event, args);
}

} // namespace stentor::io
