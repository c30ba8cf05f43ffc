#pragma once

#include "store/database.hpp"
#include "store/history.hpp"
#include "store/journal.hpp"

#include <gtest/gtest.h>
#include <soci/soci.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

namespace stentor::store {

/// A directory that goes with the test; in memory where that can be had, since a sync costs nothing there.
class temporary_directory {
public:
  temporary_directory() {
    auto memory = std::filesystem::path("/dev/shm");
    auto parent = access(memory.c_str(), W_OK) == 0 ? memory : std::filesystem::temp_directory_path();
    auto pattern = (parent / "stentor-store-XXXXXX").string();
    if (!mkdtemp(pattern.data()))
      throw std::runtime_error("no temporary directory");
    path_ = pattern;
  }
  temporary_directory(const temporary_directory&) = delete;
  temporary_directory& operator=(const temporary_directory&) = delete;
  ~temporary_directory() {
    std::error_code ec;
    std::filesystem::remove_all(path_, ec);
  }

  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }
  const std::filesystem::path& path() const { return path_; }

private:
  std::filesystem::path path_;
};

inline std::string url_of(const std::filesystem::path& file) {
  return "sqlite://" + file.string();
}

constexpr auto read_write = database::access::read_write;
constexpr auto read_only = database::access::read_only;

inline database open_or_throw(const std::filesystem::path& file, database::access how = read_write) {
  auto db = database::open(url_of(file), how, std::chrono::milliseconds(20));
  if (!db)
    throw std::runtime_error(db.error().detail);
  return *std::move(db);
}

inline std::string query_text(database& db, const std::string& sql) {
  std::string answer;
  db.session() << sql, soci::into(answer);
  return answer;
}

inline long long query_number(database& db, const std::string& sql) {
  auto answer = 0LL;
  db.session() << sql, soci::into(answer);
  return answer;
}

inline std::vector<seqno> seqs(const std::vector<event_ptr>& events) {
  std::vector<seqno> all;
  all.reserve(events.size());
  for (const auto& one : events)
    all.push_back(one->seq);
  return all;
}

inline const message_posted& message(const event_ptr& what) {
  return std::get<message_posted>(what->what);
}

inline std::vector<std::string> contents(const std::vector<event_ptr>& events) {
  std::vector<std::string> all;
  all.reserve(events.size());
  for (const auto& one : events)
    all.push_back(message(one).content);
  return all;
}

/// A writer's and a reader's connection to one new database, with two people and a lobby. The clock stands still.
struct StoreTest : testing::Test {
  temporary_directory directory;
  std::filesystem::path file = directory / "chat.db";
  wall_time now{std::chrono::milliseconds(1'795'247'296'123)};
  std::unique_ptr<database> writer, reader;
  std::unique_ptr<journal> subject;
  std::unique_ptr<history> past;
  user_ptr ada, eve;
  room_id lobby;

  StoreTest() {
    open();
    ada = person("ada");
    eve = person("eve");
    lobby = room_of(ada, "lobby");
  }

  void open() {
    writer = std::make_unique<database>(open_or_throw(file));
    if (auto done = writer->migrate(); !done)
      throw std::runtime_error(done.error().detail);
    subject = std::make_unique<journal>(*writer, [this] { return now; });
    reader = std::make_unique<database>(open_or_throw(file, read_only));
    past = std::make_unique<history>(*reader);
  }

  void close() {
    past.reset();
    reader.reset();
    subject.reset();
    writer.reset();
  }

  void restart() {
    close();
    open();
  }

  user_ptr person(const std::string& name) {
    return std::make_shared<const user>(*subject->ensure_user({name, name + "@example.org", "", "", ""}));
  }

  room_id room_of(const user_ptr& owner, const std::string& key) {
    return subject->create_room({key, "The " + key, "", room_kind::channel, room_visibility::open, owner->id})->id;
  }

  static entry post(const user_ptr& author, const std::string& content, const std::string& client_message_id = "") {
    return {author, post_message{content, client_message_id, {}}};
  }
  static entry reply(const user_ptr& author, message_id to, const std::string& content, const std::string& client_message_id = "") {
    return {author, post_message{content, client_message_id, to}};
  }
  static entry add(const user_ptr& by, const user_ptr& who, member_role role = member_role::member) {
    return {by, add_member{who->id, role}};
  }

  std::vector<outcome> append(room_id room, std::vector<entry> entries) {
    return subject->append(std::vector{batch{room, std::move(entries)}}).at(0);
  }
  outcome append(room_id room, entry one) { return append(room, std::vector{std::move(one)}).at(0); }
  outcome append(entry one) { return append(lobby, std::move(one)); }

  /// Appends what must succeed.
  event_ptr committed(room_id room, entry one) {
    auto done = append(room, std::move(one));
    if (!done.what)
      throw std::runtime_error(done.what.error().detail);
    return *done.what;
  }
  event_ptr committed(entry one) { return committed(lobby, std::move(one)); }

  page read(room_id room, range which = {}) {
    auto found = past->read(room, which);
    if (!found)
      throw std::runtime_error(found.error().detail);
    return *std::move(found);
  }
  page messages(room_id room) { return read(room, {.messages_only = true}); }
};

} // namespace stentor::store
