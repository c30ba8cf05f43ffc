#include "engine/chat_broadcast.hpp"

#include "engine/event_metrics.hpp"
#include "io/packets.hpp"

namespace stentor {

variant_id variant_of(const dialect::table& spoken) {
  return static_cast<variant_id>(dialect::number(spoken));
}

encoded_packet chat_broadcast::encode(variant_id variant) const {
  const auto& spoken = *dialect::all()[variant];
  const auto& word = dialect::word_for(spoken, *what_);
  count_out(&spoken, word.name);
  return {io::event_packet("/", word.name, word.show(room_, *what_).dump()), {}};
}

encoded_packet notice_broadcast::encode(variant_id) const {
  return {io::event_packet("/", what_.event, what_.data.dump()), {}};
}

} // namespace stentor
