#pragma once

// Engine.IO through script tags and forms, for browsers of old: JSONP. Clients of Socket.IO 2 fall back to it.

#include <string>
#include <string_view>

namespace stentor {

/// The script that hands a payload over to the page: `___eio[3]("…");`. Only the digits of `index` count.
std::string jsonp_script(std::string_view index, std::string_view payload);

/// The payload in the form that a page has posted.
std::string jsonp_payload(std::string_view form);

} // namespace stentor
