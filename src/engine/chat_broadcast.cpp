#include "engine/chat_broadcast.hpp"

#include "protocol/socketio.hpp"

namespace stentor {

variant_id variant_of(const dialect::table& spoken) {
  return static_cast<variant_id>(dialect::number(spoken));
}

std::string chat_broadcast::encode(variant_id variant) const {
  const auto& word = dialect::word_for(*dialect::all()[variant], *what_);
  return socketio::event_packet("/", word.name, word.show(room_, *what_).dump());
}

std::string notice_broadcast::encode(variant_id) const {
  return socketio::event_packet("/", what_.event, what_.data.dump());
}

} // namespace stentor
