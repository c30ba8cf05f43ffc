#pragma once

#include <string_view>

namespace stentor {

/// Whether `text` may be a room's key: a letter, then up to 127 of letters, digits, `_`, `:` and `-`, and no word that stands
/// in a route where a room could.
bool is_room_key(std::string_view text);

} // namespace stentor
