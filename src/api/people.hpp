#pragma once

// How people are shown over REST.

#include "actors/protocol.hpp"
#include "base/json.hpp"

namespace stentor::api {

/// To themselves, with the id as a number.
json show_account(const store::account& who);
/// To others.
json show_person(const user& who);

} // namespace stentor::api
