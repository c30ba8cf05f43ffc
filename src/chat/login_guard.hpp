#pragma once

#include "base/clock.hpp"

#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>

namespace stentor {

/// Slows down who guesses passwords: after three tries an account may be tried again in 4 s, then 8, 16, … up to 15 minutes,
/// which makes ten tries in the first quarter of an hour.
///
/// Counts by account name, whether there is such an account or not, so that it tells nothing. From an address that has
/// logged in to the account before, tries are counted apart: who is locked out by others still gets in from home.
/// Not thread-safe.
class login_guard {
public:
  /// Counts one try; or counts none and gives how long to wait.
  std::chrono::milliseconds admit(const std::string& account, const std::string& address, steady_time now);
  /// The latest try was good: forgets the others.
  void succeeded(const std::string& account, const std::string& address);

  size_t size() const { return tries_.size(); }

private:
  struct tries {
    unsigned count = 0;
    steady_time next; ///< not before
  };

  std::string key(const std::string& account, const std::string& address) const;
  void sweep(steady_time now);

  std::unordered_map<std::string, tries> tries_;
  std::unordered_set<std::string> homes_; ///< account and address, of who has logged in
};

} // namespace stentor
