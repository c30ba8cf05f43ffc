#pragma once

#include "base/result.hpp"

#include <soci/error.h>

#include <string>
#include <string_view>

namespace stentor::store {

/// What an error of the database means for those who wait, and for the connection.
struct fault {
  failure why;                  ///< never what(), which holds the bound values
  bool ends_connection = false; ///< the connection has to be opened again before its next use
};

/// The one place that reads database errors. `unavailable` if the database cannot work now; any other code blames the
/// operation itself (a constraint, its size), so that the same operation would fail again.
fault classify(const soci::soci_error& error);

/// Tells the operator once when the database stops working, once for each other cause, and once when it works again.
class outage_log {
public:
  /// `who`: what cannot be done meanwhile, "store: writing".
  explicit outage_log(std::string who) : who_(std::move(who)) {}

  void failed(const failure& why);
  void worked();

private:
  std::string who_;
  std::string cause_; ///< empty while the database works
};

} // namespace stentor::store
