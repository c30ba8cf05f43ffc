#include "store/schema.hpp"

#include "store/transaction.hpp"

#include <fmt/format.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include <iterator>

namespace stentor::store {
namespace {

/// "Sten": whose database it is, in the header of its file.
constexpr int application_id = 1400137070;

namespace sql {

// Times are milliseconds since 1970; kinds, visibilities and roles are the numbers of the domain's enumerators.
//
// Rooms, users and messages share one space of ids. Positions are given inside the writer's transaction: an operation's
// `seq` counts the operations of its room, a message's `ordinal` its messages. Each operation also keeps how many
// messages the room had with it: what is unread behind a cursor, and the page of messages at a `seq`, is one look-up.
constexpr auto to_1 = R"(
  PRAGMA application_id = 1400137070;

  CREATE TABLE id_sequence (last INTEGER NOT NULL) STRICT;
  INSERT INTO id_sequence (last) VALUES (0);

  CREATE TABLE account (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    email TEXT NOT NULL,
    image TEXT NOT NULL,
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    created_at INTEGER NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX account_by_subject ON account (issuer, subject) WHERE subject <> '';

  CREATE TABLE room (
    id INTEGER PRIMARY KEY,
    key TEXT UNIQUE,
    name TEXT NOT NULL,
    topic TEXT NOT NULL,
    kind INTEGER NOT NULL,
    visibility INTEGER NOT NULL,
    last_seq INTEGER NOT NULL,
    message_count INTEGER NOT NULL,
    created_at INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE member (
    room_id INTEGER NOT NULL REFERENCES room (id),
    user_id INTEGER NOT NULL REFERENCES account (id),
    role INTEGER NOT NULL,
    PRIMARY KEY (room_id, user_id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX member_by_user ON member (user_id, room_id);

  CREATE TABLE message (
    id INTEGER PRIMARY KEY,
    room_id INTEGER NOT NULL REFERENCES room (id),
    seq INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    author_id INTEGER NOT NULL REFERENCES account (id),
    client_message_id TEXT,
    content TEXT NOT NULL,
    reply_to INTEGER,
    created_at INTEGER NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX message_by_ordinal ON message (room_id, ordinal);
  CREATE UNIQUE INDEX message_by_client_id ON message (room_id, author_id, client_message_id)
    WHERE client_message_id IS NOT NULL;

  CREATE TABLE operation (
    room_id INTEGER NOT NULL REFERENCES room (id),
    seq INTEGER NOT NULL,
    message_count INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    at INTEGER NOT NULL,
    author_id INTEGER NOT NULL REFERENCES account (id),
    message_id INTEGER REFERENCES message (id),
    user_id INTEGER REFERENCES account (id),
    role INTEGER,
    PRIMARY KEY (room_id, seq)
  ) STRICT, WITHOUT ROWID;
)";

// A deleted message keeps its row, without its text, so that its client's id stays used and its ordinal its own. An operation's
// `detail` is the text or the emoji that it brought along, as JSON where it brought more; a message's own operation keeps the
// first text there once it was edited.
constexpr auto to_operations = R"(
  ALTER TABLE room ADD COLUMN deleted_count INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE room ADD COLUMN deleted_at INTEGER;

  ALTER TABLE member ADD COLUMN read_seq INTEGER NOT NULL DEFAULT 0;

  ALTER TABLE message ADD COLUMN edited_at INTEGER;
  ALTER TABLE message ADD COLUMN deleted_at INTEGER;
  CREATE INDEX message_deleted ON message (room_id, ordinal) WHERE deleted_at IS NOT NULL;

  ALTER TABLE operation ADD COLUMN detail TEXT;
  ALTER TABLE operation ADD COLUMN reaction_id INTEGER;
  ALTER TABLE operation ADD COLUMN client_op_id TEXT;
  CREATE UNIQUE INDEX operation_by_client_id ON operation (room_id, author_id, client_op_id) WHERE client_op_id IS NOT NULL;
  CREATE INDEX operation_of_edit ON operation (message_id) WHERE kind = 2;

  CREATE TABLE reaction (
    message_id INTEGER NOT NULL REFERENCES message (id),
    user_id INTEGER NOT NULL REFERENCES account (id),
    emoji TEXT NOT NULL,
    id INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (message_id, user_id, emoji)
  ) STRICT, WITHOUT ROWID;

  -- Who was muted when they went, and is still when they come back by themselves.
  CREATE TABLE kept_mute (
    room_id INTEGER NOT NULL REFERENCES room (id),
    user_id INTEGER NOT NULL REFERENCES account (id),
    PRIMARY KEY (room_id, user_id)
  ) STRICT, WITHOUT ROWID;
)";

// Accounts that log in with a password. Only theirs are e-mail addresses that must differ: what an identity provider says
// of its users is its own affair. Names are found by their beginning in any case.
constexpr auto to_accounts = R"(
  ALTER TABLE account ADD COLUMN password_hash TEXT;
  ALTER TABLE account ADD COLUMN state INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE account ADD COLUMN role TEXT NOT NULL DEFAULT 'authenticated';
  CREATE UNIQUE INDEX account_by_email ON account (email COLLATE NOCASE) WHERE password_hash IS NOT NULL AND email <> '';
  CREATE INDEX account_by_name_nocase ON account (name COLLATE NOCASE);

  CREATE TABLE revoked_token (
    id TEXT PRIMARY KEY,
    expires_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX revoked_token_by_expiry ON revoked_token (expires_at);
)";

constexpr auto count_objects = "SELECT COUNT(*) FROM sqlite_schema";

} // namespace sql

constexpr migration all[] = {{1, sql::to_1}, {2, sql::to_operations}, {3, sql::to_accounts}};

constexpr bool ascending() {
  for (size_t i = 0; i < std::size(all); ++i)
    if (all[i].to != static_cast<int>(i) + 1)
      return false;
  return true;
}
static_assert(ascending(), "one row per version, from 1");

int read_int(soci::session& db, const char* query) {
  auto value = 0;
  db << query, soci::into(value);
  return value;
}

int version(soci::session& db) {
  return read_int(db, "PRAGMA user_version");
}

} // namespace

std::span<const migration> migrations() {
  return all;
}

void execute_script(soci::session& db, const char* sql) {
  auto* sqlite = static_cast<soci::sqlite3_session_backend*>(db.get_backend())->conn_;
  if (auto code = sqlite_api::sqlite3_exec(sqlite, sql, nullptr, nullptr, nullptr); code != SQLITE_OK)
    throw soci::sqlite3_soci_error(sqlite_api::sqlite3_errmsg(sqlite), code);
}

std::optional<failure> recognise(soci::session& db) {
  auto owner = read_int(db, "PRAGMA application_id");
  auto is_empty = owner == 0 && version(db) == 0 && read_int(db, sql::count_objects) == 0;
  if (owner == application_id || is_empty)
    return {};
  return failure{errc::unavailable, "The file is a database of another program; name another file"};
}

result<int> migrate(soci::session& db, std::span<const migration> steps) {
  if (auto why = recognise(db))
    return *why;
  auto known = steps.empty() ? 0 : steps.back().to;
  if (auto found = version(db); found > known)
    return failure{errc::unavailable, fmt::format("The database has schema version {}, this program knows versions up to {}; "
                                                  "run a newer program or restore a backup",
                                                  found, known)};
  transaction_statements run(db, transaction_statements::to_write);
  for (const auto& step : steps) {
    if (version(db) >= step.to)
      continue;
    transaction one(run);
    if (version(db) >= step.to)
      continue; // another process was faster
    execute_script(db, step.sql);
    // A PRAGMA takes no parameters; the number is ours.
    execute_script(db, fmt::format("PRAGMA user_version = {}", step.to).c_str());
    one.commit();
  }
  return version(db);
}

} // namespace stentor::store
