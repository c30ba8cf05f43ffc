#include "store/errors.hpp"

#include "base/log.hpp"

#include <soci/sqlite3/soci-sqlite3.h>

#include <algorithm>
#include <iterator>

namespace stentor::store {
namespace {

enum class afterwards { keep, reopen };

struct row {
  int code; ///< SQLite's, extended where it must be told from others of its kind
  errc what;
  std::string_view sentence;
  afterwards connection;
};

constexpr row rows[] = {
  {SQLITE_FULL, errc::unavailable, "The disk of the store is full, try again later", afterwards::keep},
  {SQLITE_BUSY, errc::unavailable, "The store is locked, try again", afterwards::keep},
  {SQLITE_LOCKED, errc::unavailable, "The store is locked, try again", afterwards::keep},
  {SQLITE_NOMEM, errc::unavailable, "The store is out of memory, try again later", afterwards::keep},
  {SQLITE_INTERRUPT, errc::unavailable, "The store was interrupted, try again", afterwards::keep},
  {SQLITE_READONLY, errc::unavailable, "The store is read-only, try again later", afterwards::reopen},
  {SQLITE_IOERR, errc::unavailable, "The disk of the store fails, try again later", afterwards::reopen},
  {SQLITE_CORRUPT, errc::unavailable, "The store is damaged and must be restored", afterwards::reopen},
  {SQLITE_NOTADB, errc::unavailable, "The file of the store is not a database", afterwards::reopen},
  {SQLITE_CANTOPEN, errc::unavailable, "The store cannot be opened, try again later", afterwards::reopen},
  {SQLITE_PERM, errc::unavailable, "The store may not be opened", afterwards::reopen},
  {SQLITE_AUTH, errc::unavailable, "The store may not be opened", afterwards::reopen},
  {SQLITE_PROTOCOL, errc::unavailable, "The store is locked, try again", afterwards::reopen},
  {SQLITE_TOOBIG, errc::too_large, "The payload is too large", afterwards::keep},
  {SQLITE_CONSTRAINT_FOREIGNKEY, errc::not_found, "It refers to something that does not exist", afterwards::keep},
  {SQLITE_CONSTRAINT_PRIMARYKEY, errc::already_exists, "Already exists", afterwards::keep},
  {SQLITE_CONSTRAINT_UNIQUE, errc::already_exists, "Already exists", afterwards::keep},
  {SQLITE_CONSTRAINT, errc::internal, "The store refuses this operation", afterwards::keep},
};

/// What is not in the table: a missing table, a column that holds what it should not.
constexpr row unexpected{SQLITE_ERROR, errc::unavailable, "The store is not as expected", afterwards::reopen};

const row& find(int code) {
  constexpr auto primary = 0xff;
  for (auto wanted : {code, code & primary})
    if (auto found = std::ranges::find(rows, wanted, &row::code); found != std::end(rows))
      return *found;
  return unexpected;
}

} // namespace

fault classify(const soci::soci_error& error) {
  auto* sqlite = dynamic_cast<const soci::sqlite3_soci_error*>(&error);
  const auto& known = sqlite ? find(sqlite->result()) : unexpected;
  return {{known.what, std::string(known.sentence)}, known.connection == afterwards::reopen};
}

void outage_log::failed(const failure& why) {
  if (why.detail == cause_)
    return;
  cause_ = why.detail;
  log::logger().error("{} fails: {}", who_, cause_);
}

void outage_log::worked() {
  if (cause_.empty())
    return;
  cause_.clear();
  log::logger().info("{} works again", who_);
}

} // namespace stentor::store
