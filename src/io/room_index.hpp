#pragma once

#include "base/broadcast.hpp"
#include "net/interface.hpp"
#include "protocol/socketio_wire.hpp"

#include <compare>
#include <map>
#include <unordered_map>
#include <vector>

namespace stentor::io {

class socket;

/// How a socket hears what is told to many: what the application calls a variant, and how its connection is spoken to. Everyone who
/// hears in the same form gets the same bytes.
struct form {
  variant_id variant = 0;
  socketio::wire_format wire;
  bool has_offset = false; ///< for sockets that may recover: the offset is the last argument
  friend auto operator<=>(const form&, const form&) = default;
};

/// Who is in which room of a namespace on one network thread, by the form in which they hear it.
///
/// A socket is in a room at most once per form. Not thread-safe; owned by the thread.
class room_index {
public:
  using members = std::map<form, std::vector<socket*>>;

  void enter(const room_key& room, const form& as, socket& who);
  void leave(const room_key& room, const form& as, socket& who);

  /// Null if nobody is there.
  const members* find(const room_key& room) const;
  size_t size() const { return rooms_.size(); }

private:
  std::unordered_map<room_key, members> rooms_;
};

} // namespace stentor::io
