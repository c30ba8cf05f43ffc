#include "io/room_index.hpp"

#include <algorithm>

namespace stentor::io {

void room_index::enter(const room_key& room, variant_id variant, socket& who) {
  auto& here = rooms_[room][variant];
  if (std::ranges::find(here, &who) == here.end())
    here.push_back(&who);
}

void room_index::leave(const room_key& room, variant_id variant, socket& who) {
  auto where = rooms_.find(room);
  if (where == rooms_.end())
    return;
  auto& variants = where->second;
  auto here = variants.find(variant);
  if (here == variants.end())
    return;
  auto& sockets = here->second;
  if (auto at = std::ranges::find(sockets, &who); at != sockets.end()) {
    *at = sockets.back();
    sockets.pop_back();
  }
  if (sockets.empty())
    variants.erase(here);
  if (variants.empty())
    rooms_.erase(where);
}

const room_index::members* room_index::find(const room_key& room) const {
  auto found = rooms_.find(room);
  return found == rooms_.end() ? nullptr : &found->second;
}

} // namespace stentor::io
