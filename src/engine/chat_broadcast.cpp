#include "engine/chat_broadcast.hpp"

#include "io/packets.hpp"

namespace stentor {
namespace {

template <class What>
std::string packet(variant_id variant, const room_label& room, const What& what) {
  const auto& word = dialect::word_for(*dialect::all()[variant], what);
  return io::event_packet("/", word.name, word.show(room, what).dump());
}

} // namespace

variant_id variant_of(const dialect::table& spoken) {
  return static_cast<variant_id>(dialect::number(spoken));
}

std::string chat_broadcast::encode(variant_id variant) const {
  return packet(variant, room_, *what_);
}

std::string hint_broadcast::encode(variant_id variant) const {
  return packet(variant, room_, *what_);
}

} // namespace stentor
