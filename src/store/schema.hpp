#pragma once

#include "base/result.hpp"

#include <soci/session.h>

#include <optional>
#include <span>

namespace stentor::store {

/// One step of the schema: its SQL leads from version `to - 1` to version `to`. Never edited once it was released.
struct migration {
  int to;
  const char* sql; ///< any number of statements
};

/// All steps that this program knows, ascending from 1.
std::span<const migration> migrations();

/// Nothing if `db` is empty or ours, at whatever version. Writes nothing. Throws `soci_error`.
std::optional<failure> recognise(soci::session& db);

/// Takes those steps that `db` has not taken yet, each in a transaction of its own; the version reached.
/// A step that fails leaves the database at the version before it. Throws `soci_error`.
result<int> migrate(soci::session& db, std::span<const migration> steps);

/// Runs `sql`, any number of statements; `soci::session` runs the first only. Throws `soci_error`.
void execute_script(soci::session& db, const char* sql);

} // namespace stentor::store
