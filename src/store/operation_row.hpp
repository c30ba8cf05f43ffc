#pragma once

#include "store/columns.hpp"

namespace stentor::store {

/// What a row of `operation` keeps of what happened. A message's text is not among it; that stands in `message`.
struct operation_row {
  operation_kind kind{};
  std::optional<message_id> message = {};
  std::optional<user_id> user = {};
  std::optional<member_role> role = {};
  std::optional<std::string> detail = {};
  std::optional<reaction_id> reaction = {};
  std::optional<std::string> client_op_id = {};
};

operation_row to_row(const happening& what);

/// What the row says; `by` asked for it. Requires: it is no `message_posted`. Throws `soci_error` if something is missing.
happening from_row(operation_row row, const user_ptr& by, wall_time at);

/// A column that must not be empty for rows of this kind.
template <class T>
T required(std::optional<T> column) {
  if (!column)
    throw soci::soci_error("an operation without its object");
  return *std::move(column);
}

} // namespace stentor::store
