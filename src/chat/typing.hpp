#pragma once

#include "base/clock.hpp"
#include "chat/types.hpp"

#include <functional>
#include <map>
#include <optional>
#include <vector>

namespace stentor {

/// Someone who types, and where: a connection types in a room on behalf of one user.
struct typist {
  user_ptr who;
  connection_id where;
};

/// Who is typing in one room. Forgets whoever does not say so again in time; the others are told no more than needed.
///
/// Pure: time is passed in. Not thread-safe; owned by the room.
class typing_book {
public:
  explicit typing_book(std::chrono::milliseconds timeout) : timeout_(timeout) {}

  /// True if the others are to be told: they were not within the timeout.
  bool start(const typist& one, steady_time now);
  /// Who has stopped thereby, if they were typing.
  std::optional<typist> stop(connection_id where);
  /// Keeps those who may type; who has stopped thereby.
  std::vector<typist> keep(const std::function<bool(user_id)>& may_type);
  /// Those whose time is up.
  std::vector<typist> expire(steady_time now);
  /// When to call `expire` next; nothing while nobody types.
  std::optional<steady_time> next() const;

private:
  struct entry {
    user_ptr who;
    steady_time told;
    steady_time until;
  };
  template <class Which>
  std::vector<typist> take(Which which);

  std::chrono::milliseconds timeout_;
  std::map<connection_id, entry> typing_;
};

} // namespace stentor
