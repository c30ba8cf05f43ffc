#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace stentor {

/// Who has asked: the peer, or if that is a trusted proxy, the last address in its `X-Forwarded-For` that is none.
///
/// `trusted`: addresses and networks ("10.0.0.0/8"). What a client has put in front of the proxy's own word is not believed.
std::string client_address(const std::string& peer, std::string_view forwarded_for, const std::vector<std::string>& trusted);

} // namespace stentor
