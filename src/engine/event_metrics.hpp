#pragma once

#include "dialect/dialect.hpp"

#include <string_view>

namespace stentor {

/// Counts an event from a client under its word; those that no dialect knows together.
void count_in(const dialect::heard& what);

/// Counts an event to clients under its name, which is one of the tables' or ours, never a client's text.
void count_out(const dialect::table* spoken, std::string_view name);

} // namespace stentor
