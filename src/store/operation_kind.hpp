#pragma once

#include <cstdint>

namespace stentor::store {

/// What a row of `operation` says. Stored: a number is never given to another kind.
enum class operation_kind : uint8_t { message_posted, member_added, last = member_added };

} // namespace stentor::store
