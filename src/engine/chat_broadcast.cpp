#include "engine/chat_broadcast.hpp"

#include "io/packets.hpp"

namespace stentor {

variant_id variant_of(const dialect::table& spoken) {
  return static_cast<variant_id>(dialect::number(spoken));
}

std::string chat_broadcast::encode(variant_id variant) const {
  const auto& word = dialect::word_for(*dialect::all()[variant], *what_);
  return io::event_packet("/", word.name, word.show(room_, *what_).dump());
}

} // namespace stentor
