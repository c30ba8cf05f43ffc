#pragma once

#include "base/result.hpp"

#include <memory>

namespace stentor::store {

class database;

/// How much there is of everything.
struct totals {
  uint64_t users = 0;
  uint64_t channels = 0;
  uint64_t messages = 0;
};

/// Counts what is committed. Owned by one thread.
class counter {
public:
  /// Requires: `db` is migrated. May be read-only.
  explicit counter(database& db);
  ~counter();

  result<totals> count();

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace stentor::store
