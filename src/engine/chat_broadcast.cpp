#include "engine/chat_broadcast.hpp"

#include "engine/event_metrics.hpp"
#include "io/packets.hpp"

namespace stentor {
namespace {

template <class What>
std::string packet(variant_id variant, const room_label& room, const What& what) {
  const auto& spoken = *dialect::all()[variant];
  const auto& word = dialect::word_for(spoken, what);
  count_out(&spoken, word.name);
  return io::event_packet("/", word.name, word.show(room, what).dump());
}

} // namespace

variant_id variant_of(const dialect::table& spoken) {
  return static_cast<variant_id>(dialect::number(spoken));
}

encoded_packet chat_broadcast::encode(variant_id variant) const {
  return {packet(variant, room_, *what_), {}};
}

encoded_packet hint_broadcast::encode(variant_id variant) const {
  return {packet(variant, room_, *what_), {}};
}

encoded_packet notice_broadcast::encode(variant_id) const {
  return {io::event_packet("/", what_.event, what_.data.dump()), {}};
}

} // namespace stentor
