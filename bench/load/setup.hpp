#pragma once

#include "clock.hpp"
#include "fleet.hpp"

#include <cstddef>
#include <functional>
#include <string>

namespace stentor::load {

/// Connects and enters the namespace with everyone, `at_once` at a time; returns how long that took.
clock::duration connect_all(fleet& all, size_t at_once);

/// Joins each connection to its channel; returns how long that took.
clock::duration join_all(fleet& all, size_t at_once, const std::function<std::string(size_t)>& channel_of);

/// Answers pings for a while and nothing else.
void hold(fleet& all, clock::duration span);

} // namespace stentor::load
