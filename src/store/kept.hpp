#pragma once

#include "store/database.hpp"
#include "store/errors.hpp"

#include <optional>
#include <string>
#include <utility>

namespace stentor::store {

/// The statements of one connection: prepared at their first use and kept. Owned by one thread.
///
/// After a database error they are prepared anew, on a connection that was opened again if the error demands it; so
/// whoever uses them heals without a restart. `Statements` is constructed from a `soci::session&`.
template <class Statements>
class kept {
public:
  kept(database& db, std::string who) : db_(db), log_(std::move(who)) {}

  /// `work(Statements&)`, which returns a `result`; a database error becomes its failure.
  template <class Work>
  auto run(Work work) -> decltype(work(std::declval<Statements&>())) {
    try {
      if (auto why = prepare()) {
        log_.failed(*why);
        return failure{errc::unavailable}; // the reason names files, which is for the operator
      }
      auto answer = work(*statements_);
      log_.worked();
      return answer;
    } catch (const soci::soci_error& error) {
      statements_.reset();
      auto found = classify(error);
      stale_ = found.ends_connection;
      if (found.why.code == errc::unavailable)
        log_.failed(found.why);
      return found.why;
    } catch (...) {
      statements_.reset();
      throw;
    }
  }

private:
  std::optional<failure> prepare() {
    if (stale_)
      if (auto why = db_.reopen())
        return why;
    stale_ = false;
    if (!statements_)
      statements_.emplace(db_.session());
    return {};
  }

  database& db_;
  outage_log log_;
  std::optional<Statements> statements_;
  bool stale_ = false;
};

} // namespace stentor::store
