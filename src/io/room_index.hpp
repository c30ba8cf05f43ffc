#pragma once

#include "base/broadcast.hpp"
#include "net/interface.hpp"

#include <map>
#include <unordered_map>
#include <vector>

namespace stentor::io {

class socket;

/// Who is in which room on one network thread, by the variant in which they want to hear it.
///
/// A socket is in a room at most once per variant. Not thread-safe; owned by the thread.
class room_index {
public:
  using members = std::map<variant_id, std::vector<socket*>>;

  void enter(const room_key& room, variant_id variant, socket& who);
  void leave(const room_key& room, variant_id variant, socket& who);

  /// Null if nobody is there.
  const members* find(const room_key& room) const;
  size_t size() const { return rooms_.size(); }

private:
  std::unordered_map<room_key, members> rooms_;
};

} // namespace stentor::io
