#pragma once

#include <string>
#include <string_view>

namespace stentor::io {

/// The text of an event for broadcasts that are encoded ahead: `2/nsp,["event",args…]`. `args` are ready JSON texts, separated by commas.
std::string event_packet(std::string_view nsp, std::string_view event, std::string_view args);

} // namespace stentor::io
