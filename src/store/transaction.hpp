#pragma once

#include "store/query.hpp"

namespace stentor::store {

/// The statements around a transaction.
struct transaction_statements {
  /// Takes the write lock at once; the deferred BEGIN of `soci::transaction` can meet SQLITE_BUSY at its first write, after work was done.
  static constexpr auto to_write = "BEGIN IMMEDIATE";
  /// Reads see one state of the database.
  static constexpr auto to_read = "BEGIN";

  transaction_statements(soci::session& db, const char* how) : begin(db, how), commit(db, "COMMIT"), rollback(db, "ROLLBACK") {}

  change<> begin, commit, rollback;
};

/// A transaction, rolled back unless it is committed.
class transaction {
public:
  explicit transaction(transaction_statements& statements) : statements_(statements) { statements_.begin.run(); }
  transaction(const transaction&) = delete;
  transaction& operator=(const transaction&) = delete;
  ~transaction() {
    if (!open_)
      return;
    try {
      statements_.rollback.run();
    } catch (const soci::soci_error&) {
      // SQLite has rolled back by itself (disk full, I/O error), or the connection is gone and the transaction with it.
    }
  }

  void commit() {
    statements_.commit.run();
    open_ = false;
  }

private:
  transaction_statements& statements_;
  bool open_ = true;
};

} // namespace stentor::store
