#pragma once

#include "base/result.hpp"

#include <soci/session.h>

#include <chrono>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

namespace stentor::store {

/// One connection to the database named by a URL: `sqlite:///absolute/path.db`.
///
/// SQLite runs with WAL, `synchronous=FULL`, `mmap_size=0`, foreign keys and a short busy timeout. Owned by one thread.
class database {
public:
  enum class access { read_write, read_only };

  /// Opens it, creating the file with `read_write`. Fails with `unavailable` and a sentence that says what to do; never repeats
  /// the URL of another scheme, which may hold a password. A file that is not ours stays as it is.
  /// `busy_timeout`: how long a statement waits for a lock that another connection holds, unless a stop of `hurry` is requested.
  static result<database> open(const std::string& url, access how, std::chrono::milliseconds busy_timeout = std::chrono::seconds(2),
                               std::stop_token hurry = {});

  /// Opens the same file again, which must still be there; all statements of the old session must be gone.
  /// On failure the old session stays.
  std::optional<failure> reopen();

  /// Brings the schema to this program's version, in one transaction per migration; the version.
  /// Refuses a schema that is newer than this program, and a file that is no database of ours.
  result<int> migrate();

  soci::session& session() { return *session_; }
  const std::string& url() const { return url_; }

private:
  /// How long a statement waits, as SQLite asks each time. Stays where it is.
  struct patience {
    std::chrono::milliseconds busy_timeout;
    std::stop_token hurry;
    std::chrono::steady_clock::time_point since; ///< the first time that it has asked for this statement
  };
  database(std::string url, access how, std::unique_ptr<patience> wait, std::unique_ptr<soci::session> session);
  static std::unique_ptr<soci::session> connect(const std::string& path, patience& wait);
  static int wait_for_lock(void* patience, int times);

  std::string url_;
  access how_;
  std::unique_ptr<patience> wait_;
  std::unique_ptr<soci::session> session_;
};

} // namespace stentor::store
