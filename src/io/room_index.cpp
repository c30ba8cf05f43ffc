#include "io/room_index.hpp"

#include <algorithm>

namespace stentor::io {

void room_index::enter(const room_key& room, const form& as, socket& who) {
  auto& here = rooms_[room][as];
  if (std::ranges::find(here, &who) == here.end())
    here.push_back(&who);
}

void room_index::leave(const room_key& room, const form& as, socket& who) {
  auto where = rooms_.find(room);
  if (where == rooms_.end())
    return;
  auto& forms = where->second;
  auto here = forms.find(as);
  if (here == forms.end())
    return;
  auto& sockets = here->second;
  if (auto at = std::ranges::find(sockets, &who); at != sockets.end()) {
    *at = sockets.back();
    sockets.pop_back();
  }
  if (sockets.empty())
    forms.erase(here);
  if (forms.empty())
    rooms_.erase(where);
}

const room_index::members* room_index::find(const room_key& room) const {
  auto found = rooms_.find(room);
  return found == rooms_.end() ? nullptr : &found->second;
}

} // namespace stentor::io
