#pragma once

// What single sockets are told, apart from rooms' events and answers.

#include "dialect/dialect.hpp"

#include <bitset>

namespace stentor::dialect {

/// Dialects, by their numbers.
using dialect_set = std::bitset<8>;

struct notice {
  std::string_view event;
  json data;
};

/// The first thing that a user's socket hears.
notice authenticated(const user& who);
/// Someone whom one shares a room with has come or gone.
notice status_changed(const known_status& what);
/// The token is good no more, in the words of the dialects that the socket has spoken.
std::vector<notice> token_expired(dialect_set spoken);

} // namespace stentor::dialect
