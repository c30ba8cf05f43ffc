#pragma once

#include "store/journal.hpp"
#include "store/writes.hpp"

#include <span>
#include <vector>

namespace stentor::store {

/// One outcome per entry, by batch.
using outcomes = std::vector<std::vector<outcome>>;

/// Every entry of `batches` refused for the same reason.
outcomes refuse(std::span<const batch> batches, const failure& why);

/// One transaction with all of `batches`, stamped `at`, and then `cursors`. Throws `soci_error`, and nothing is stored then.
commit_outcome append(writes& db, std::span<const batch> batches, std::span<const cursor> cursors, wall_time at);

} // namespace stentor::store
