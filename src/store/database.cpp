#include "store/database.hpp"

#include "store/errors.hpp"
#include "store/schema.hpp"

#include <fmt/format.h>
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <string_view>
#include <thread>
#include <utility>

namespace stentor::store {
namespace {

namespace fs = std::filesystem;

namespace sql {

/// Persistent: readers see the last commit while the writer writes.
constexpr auto use_wal = "PRAGMA journal_mode = WAL";
/// FULL: what was acknowledged survives a power cut. No mmap: an I/O error is an error code, not a signal.
/// A checkpoint every 16 MB: it writes a page once, however often the log has it. Cells are checked: damage is found where it is read.
constexpr auto settings = R"(
  PRAGMA synchronous = FULL;
  PRAGMA foreign_keys = ON;
  PRAGMA mmap_size = 0;
  PRAGMA cache_size = -8192;
  PRAGMA wal_autocheckpoint = 4000;
  PRAGMA cell_size_check = ON;
)";
constexpr auto never_write = "PRAGMA query_only = ON";

} // namespace sql

failure refused(std::string why) {
  return {errc::unavailable, std::move(why)};
}

result<fs::path> path_of(const std::string& url) {
  constexpr std::string_view scheme = "sqlite";
  constexpr std::string_view how = "write sqlite:///absolute/path.db";
  auto colon = url.find(':');
  if (colon == std::string::npos)
    return refused(fmt::format("The database is not given by a URL; {}", how));
  if (auto given = std::string_view(url).substr(0, colon); given != scheme)
    return refused(fmt::format("Databases of the kind '{}' are not supported, only SQLite is; {}", given, how));
  auto rest = std::string_view(url).substr(colon + 1);
  if (!rest.starts_with("///"))
    return refused(fmt::format("The path of the database must be absolute; {}", how));
  auto path = rest.substr(2);
  auto is_unusable = [](unsigned char c) { return c < 0x20 || c == '"' || c == '?' || c == '#'; };
  if (std::ranges::any_of(path, is_unusable))
    return refused("The path of the database may have no quotes, '?', '#' or control characters, and its URL no parameters");
  return fs::path(path);
}

/// The commonest mistakes, told apart where SQLite says "unable to open database file" to all of them.
std::optional<failure> check_place(const fs::path& path, database::access how) {
  std::error_code ec;
  auto place = fs::status(path, ec);
  if (place.type() == fs::file_type::none)
    return refused(fmt::format("No permission to reach {}", path.string()));
  if (fs::is_directory(place))
    return refused(fmt::format("{} is a directory; name a file in it", path.string()));
  if (fs::exists(place))
    return {};
  if (how == database::access::read_only)
    return refused(fmt::format("{} does not exist", path.string()));
  if (!fs::is_directory(path.parent_path(), ec))
    return refused(fmt::format("The directory {} does not exist; create it first", path.parent_path().string()));
  return {};
}

/// SQLite opens a file that it may not write without a word, and fails at the first write.
bool is_read_only(soci::session& session) {
  auto* sqlite = static_cast<soci::sqlite3_session_backend*>(session.get_backend())->conn_;
  return sqlite_api::sqlite3_db_readonly(sqlite, "main") == 1;
}

std::optional<failure> prepare_to_write(soci::session& session) {
  if (is_read_only(session))
    return refused("No permission to write to it");
  std::string mode;
  session << sql::use_wal, soci::into(mode);
  if (mode != "wal")
    return refused(fmt::format("Its journal mode stays '{}' where WAL is needed; put it on a local disk", mode));
  return {};
}

/// What an operator reads at the start: our sentence and SQLite's own, which has no values in it.
failure explain(const soci::soci_error& error) {
  auto why = classify(error).why;
  return refused(fmt::format("{} ({})", why.detail, error.get_error_message()));
}

failure about(const fs::path& path, failure why) {
  why.detail = fmt::format("{}: {}", path.string(), why.detail);
  return why;
}

} // namespace

database::database(std::string url, access how, std::unique_ptr<patience> wait, std::unique_ptr<soci::session> session)
  : url_(std::move(url)), how_(how), wait_(std::move(wait)), session_(std::move(session)) {
}

std::unique_ptr<soci::session> database::connect(const std::string& path, patience& wait) {
  auto session = std::make_unique<soci::session>(soci::sqlite3, fmt::format("db=\"{}\"", path));
  auto* sqlite = static_cast<soci::sqlite3_session_backend*>(session->get_backend())->conn_;
  sqlite_api::sqlite3_extended_result_codes(sqlite, 1);
  sqlite_api::sqlite3_busy_handler(sqlite, wait_for_lock, &wait);
  return session;
}

/// As SQLite itself waits, but for the hurry. Not 0: it tries again. https://www.sqlite.org/c3ref/busy_handler.html
int database::wait_for_lock(void* patience, int times) {
  using std::chrono::milliseconds;
  constexpr milliseconds pauses[] = {milliseconds{1}, milliseconds{2}, milliseconds{5}, milliseconds{10}, milliseconds{20}};
  auto& wait = *static_cast<struct patience*>(patience);
  auto now = std::chrono::steady_clock::now();
  if (times == 0)
    wait.since = now;
  auto left = std::chrono::ceil<milliseconds>(wait.since + wait.busy_timeout - now);
  if (left.count() <= 0 || wait.hurry.stop_requested())
    return 0;
  std::this_thread::sleep_for(std::min(left, pauses[std::min<size_t>(static_cast<size_t>(times), std::size(pauses) - 1)]));
  return 1;
}

result<database> database::open(const std::string& url, access how, std::chrono::milliseconds busy_timeout, std::stop_token hurry) {
  auto path = path_of(url);
  if (!path)
    return path.error();
  if (auto why = check_place(*path, how))
    return *why;
  try {
    auto wait = std::make_unique<patience>(patience{busy_timeout, std::move(hurry), {}});
    auto session = connect(path->string(), *wait);
    if (auto why = recognise(*session)) // before anything changes the file
      return about(*path, *why);
    if (how == access::read_write)
      if (auto why = prepare_to_write(*session))
        return about(*path, *why);
    execute_script(*session, sql::settings);
    if (how == access::read_only)
      execute_script(*session, sql::never_write);
    return database{url, how, std::move(wait), std::move(session)};
  } catch (const soci::soci_error& error) {
    return about(*path, explain(error));
  }
}

std::optional<failure> database::reopen() {
  std::error_code ec;
  if (auto path = path_of(url_); path && fs::status(*path, ec).type() == fs::file_type::not_found)
    return refused(fmt::format("{} is gone", path->string())); // an empty one must not take its place
  auto fresh = open(url_, how_, wait_->busy_timeout, wait_->hurry);
  if (!fresh)
    return fresh.error();
  session_ = std::move(fresh->session_); // the old one goes before what it waits by
  wait_ = std::move(fresh->wait_);
  return {};
}

result<int> database::migrate() {
  try {
    return store::migrate(*session_, migrations());
  } catch (const soci::soci_error& error) {
    return explain(error);
  }
}

} // namespace stentor::store
