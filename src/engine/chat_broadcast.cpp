#include "engine/chat_broadcast.hpp"

#include "engine/event_metrics.hpp"

namespace stentor {
namespace {

template <class What>
spoken_event in_words(variant_id variant, const room_label& room, const What& what) {
  const auto& spoken = *dialect::all()[variant];
  const auto& word = dialect::word_for(spoken, what);
  count_out(&spoken, word.name);
  return {std::string{word.name}, {word.show(room, what)}};
}

} // namespace

variant_id variant_of(const dialect::table& spoken) {
  return static_cast<variant_id>(dialect::number(spoken));
}

spoken_event chat_broadcast::say(variant_id variant) const {
  return in_words(variant, room_, *what_);
}

spoken_event hint_broadcast::say(variant_id variant) const {
  return in_words(variant, room_, *what_);
}

spoken_event notice_broadcast::say(variant_id) const {
  return {std::string{what_.event}, {what_.data}};
}

} // namespace stentor
