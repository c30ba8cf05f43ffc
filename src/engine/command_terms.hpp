#pragma once

#include "chat/rate_limit.hpp"
#include "dialect/dialect.hpp"

namespace stentor {

/// On what terms a command is taken.
struct command_terms {
  enum class asker : uint8_t { user, anyone };
  rate_action counts_as = rate_action::events;
  asker who = asker::user;
};

command_terms terms_of(const dialect::command& what);

/// What a command holds until the disk has it; 0 if it does not wait for the disk.
size_t durable_bytes(const dialect::command& what);

} // namespace stentor
