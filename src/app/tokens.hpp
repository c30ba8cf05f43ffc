#pragma once

#include "base/settings.hpp"
#include "engine/token_rules.hpp"

#include <string>

namespace stentor {

/// JWTs of one secret (HS256), believed by the clock of the wall.
token_rules jwt_rules(const auth_settings& rules, const std::string& secret);

} // namespace stentor
