#include "base/log.hpp"
#include "faulty_vfs.hpp"
#include "fixture.hpp"

#include <spdlog/sinks/ostream_sink.h>
#include <sys/mount.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <random>
#include <sstream>

namespace stentor::store {
namespace {

/// Hears what is logged while it lives.
class log_ear {
public:
  log_ear() : before_(std::exchange(log::logger().sinks(), {std::make_shared<spdlog::sinks::ostream_sink_mt>(heard_)})) {
    log::logger().set_pattern("%l %v");
  }
  log_ear(const log_ear&) = delete;
  log_ear& operator=(const log_ear&) = delete;
  ~log_ear() { log::logger().sinks() = before_; }

  std::string take() {
    auto all = heard_.str();
    heard_.str({});
    return all;
  }

private:
  std::ostringstream heard_;
  std::vector<spdlog::sink_ptr> before_;
};

struct OutageTest : StoreTest {
  log_ear log;

  /// Two rooms' worth of entries, all of which must be refused for the same reason.
  failure refused(const std::string& key) {
    auto attic = room_id{999}; // refused with the rest: nobody looked
    auto done = subject->append(std::vector{batch{lobby, {post(ada, "secret words", key + "1"), post(eve, "b", key + "2")}},
                                            batch{attic, {post(ada, "c", key + "3")}}});
    EXPECT_EQ(done[0][0].what.error(), done[0][1].what.error());
    EXPECT_EQ(done[0][0].what.error(), done[1][0].what.error());
    EXPECT_EQ(done[0][0].what.error().code, errc::unavailable);
    return done[0][0].what.error();
  }
};

TEST_F(OutageTest, AFullDatabaseRefusesEveryEntryAndHeals) {
  committed(post(ada, "before"));
  writer->session() << "PRAGMA max_page_count = 1"; // of which SQLite makes: no page more than there is
  auto big = std::string(100'000, 'x');
  auto done = append(lobby, {post(ada, "small", "c1"), post(ada, big, "c2"), post(ada, "small", "c3")});
  for (const auto& one : done)
    EXPECT_EQ(one.what.error(), (failure{errc::unavailable, "The disk of the store is full, try again later"}));
  EXPECT_EQ(contents(messages(lobby).events), std::vector<std::string>{"before"});
  writer->session() << "PRAGMA max_page_count = 1000000";
  done = append(lobby, {post(ada, "small", "c1"), post(ada, big, "c2"), post(ada, "small", "c3")});
  EXPECT_TRUE(done[0].is_new && done[1].is_new && done[2].is_new);
  EXPECT_EQ(seqs(messages(lobby).events), (std::vector<seqno>{2, 3, 4, 5}));
}

TEST_F(OutageTest, ALockedDatabaseRefusesEveryEntryAfterTheTimeoutAndHeals) {
  auto other = open_or_throw(file);
  other.session() << "BEGIN IMMEDIATE";
  EXPECT_EQ(refused("c").detail, "The store is locked, try again");
  EXPECT_EQ(read(lobby).events.size(), 1u) << "reading goes on";
  EXPECT_EQ(subject->ensure_user({"bob", "", "", "", ""}).error().code, errc::unavailable);
  EXPECT_EQ(subject->create_room({"attic", "", "", room_kind::channel, room_visibility::open, ada->id}).error().code, errc::unavailable);
  other.session() << "ROLLBACK";
  EXPECT_EQ(committed(post(ada, "after"))->seq, 2u);
}

TEST_F(OutageTest, ADatabaseThatTurnedReadOnlyRefusesEveryEntryAndHeals) {
  writer->session() << "PRAGMA query_only = ON";
  EXPECT_EQ(refused("c").detail, "The store is read-only, try again later");
  EXPECT_EQ(committed(post(ada, "after"))->seq, 2u) << "on a new connection";
}

TEST_F(OutageTest, AReaderOnlyConnectionWritesNothing) {
  journal misplaced(*reader);
  auto done = misplaced.append(std::vector{batch{lobby, {post(ada, "a")}}});
  EXPECT_EQ(done[0][0].what.error().code, errc::unavailable);
}

TEST_F(OutageTest, ACauseIsLoggedOnceAndSoIsItsEnd) {
  auto other = open_or_throw(file);
  other.session() << "BEGIN IMMEDIATE";
  refused("c");
  refused("d");
  EXPECT_EQ(log.take(), "error store: writing fails: The store is locked, try again\n");
  other.session() << "ROLLBACK";
  writer->session() << "PRAGMA query_only = ON";
  refused("e");
  EXPECT_EQ(log.take(), "error store: writing fails: The store is read-only, try again later\n");
  committed(post(ada, "after"));
  committed(post(ada, "after"));
  EXPECT_EQ(log.take(), "info store: writing works again\n");
}

TEST_F(OutageTest, ARefusalIsNoOutage) {
  auto ghost = std::make_shared<const user>(user{user_id{999}, "ghost", "", ""});
  EXPECT_FALSE(append(post(ghost, "boo")).what);
  EXPECT_FALSE(append(room_id{999}, post(ada, "boo")).what);
  EXPECT_EQ(log.take(), "");
}

TEST_F(OutageTest, AMissingTableIsAnOutageThatHeals) {
  writer->session() << "ALTER TABLE message RENAME TO lost";
  EXPECT_EQ(refused("c").detail, "The store is not as expected");
  EXPECT_EQ(past->read(lobby, {}).error().code, errc::unavailable);
  writer->session() << "ALTER TABLE lost RENAME TO message";
  EXPECT_EQ(committed(post(ada, "after"))->seq, 2u);
  EXPECT_EQ(read(lobby).events.size(), 2u);
}

TEST_F(OutageTest, AnOperationThatIsMissingIsToldRatherThanSkipped) {
  append(lobby, {post(ada, "a"), post(ada, "b"), post(ada, "c")});
  writer->session() << "DELETE FROM operation WHERE seq = 3";
  EXPECT_EQ(past->read(lobby, {}).error(), (failure{errc::unavailable, "The store is not as expected"}));
}

TEST_F(OutageTest, AMessageIsNotToldUnderAnotherName) {
  committed(post(ada, "a"));
  writer->session() << "UPDATE message SET author_id = " << eve->id.value;
  EXPECT_EQ(past->read(lobby, {}).error().code, errc::unavailable);
  EXPECT_EQ(past->read(lobby, {.messages_only = true}).error().code, errc::unavailable);
}

TEST_F(OutageTest, AFileThatIsGoneIsNotReplacedAndHealsWhenItIsBack) {
  writer->session() << "PRAGMA wal_checkpoint(TRUNCATE)";
  for (auto end : {"", "-wal", "-shm"})
    std::filesystem::rename(file.string() + end, file.string() + ".away" + end);
  writer->session() << "PRAGMA query_only = ON"; // what makes the writer open it again
  refused("c");
  EXPECT_EQ(refused("d"), failure{errc::unavailable}) << "without the file's name";
  EXPECT_NE(log.take().find("is gone"), std::string::npos);
  EXPECT_FALSE(std::filesystem::exists(file));
  for (auto end : {"", "-wal", "-shm"})
    std::filesystem::rename(file.string() + ".away" + end, file.string() + end);
  EXPECT_EQ(committed(post(ada, "after"))->seq, 2u);
}

/// A file system of its own, of one megabyte. Skips the test where mounting is not permitted.
class small_disk {
public:
  explicit small_disk(std::filesystem::path at) : at_(std::move(at)) {
    std::filesystem::create_directory(at_);
    is_mounted_ = mount("tmpfs", at_.c_str(), "tmpfs", 0, "size=1m") == 0;
  }
  small_disk(const small_disk&) = delete;
  small_disk& operator=(const small_disk&) = delete;
  ~small_disk() {
    if (is_mounted_)
      umount2(at_.c_str(), MNT_DETACH);
  }
  bool is_mounted() const { return is_mounted_; }
  void make_read_only() const { ASSERT_EQ(mount("", at_.c_str(), "", MS_REMOUNT | MS_RDONLY, "size=1m"), 0) << std::strerror(errno); }
  std::filesystem::path operator/(const std::string& name) const { return at_ / name; }

  /// Takes the last byte.
  void fill() const {
    std::ofstream ballast(at_ / "ballast", std::ios::binary);
    std::string page(4096, 'x');
    while (ballast.write(page.data(), static_cast<std::streamsize>(page.size())).flush()) {
    }
  }
  void empty() const { std::filesystem::remove(at_ / "ballast"); }

private:
  std::filesystem::path at_;
  bool is_mounted_ = false;
};

TEST_F(OutageTest, AFullDiskRefusesEveryEntryAndHealsWithoutARestart) {
  small_disk disk(directory / "disk");
  if (!disk.is_mounted())
    GTEST_SKIP() << "mounting is not permitted";
  close();
  file = disk / "chat.db";
  open();
  ada = person("ada");
  lobby = room_of(ada, "lobby");
  committed(post(ada, "before"));
  disk.fill();
  auto big = std::string(50'000, 'x');
  auto done = append(lobby, {post(ada, "small", "c1"), post(ada, big, "c2")});
  EXPECT_EQ(done[0].what.error(), (failure{errc::unavailable, "The disk of the store is full, try again later"}));
  EXPECT_EQ(done[1].what.error(), done[0].what.error());
  EXPECT_EQ(contents(messages(lobby).events), std::vector<std::string>{"before"}) << "reading goes on";
  disk.empty();
  done = append(lobby, {post(ada, "small", "c1"), post(ada, big, "c2")});
  EXPECT_TRUE(done[0].is_new && done[1].is_new);
  restart();
  EXPECT_EQ(contents(messages(lobby).events), (std::vector<std::string>{"before", "small", big}));
  close();
}

TEST_F(OutageTest, AReadOnlyDiskIsNamedAtTheStart) {
  small_disk disk(directory / "disk");
  if (!disk.is_mounted())
    GTEST_SKIP() << "mounting is not permitted";
  ASSERT_TRUE(open_or_throw(disk / "chat.db").migrate());
  disk.make_read_only();
  auto opened = database::open(url_of(disk / "chat.db"), read_write);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, errc::unavailable);
  EXPECT_NE(opened.error().detail.find((disk / "chat.db").string()), std::string::npos) << opened.error().detail;
}

/// What the file system does to the store, at every call in turn.
struct FaultTest : testing::Test {
  faulty_vfs disk;
  log_ear log;

  struct Store : StoreTest {
    void TestBody() override {}
  };

  /// Appends three messages while the `n`-th call fails; true if no call was left to fail.
  /// Whatever was acknowledged is there afterwards, nothing else is, and the store works on.
  bool survives(int n, faulty_vfs::fault how, faulty_vfs::lasting how_long) {
    SCOPED_TRACE(testing::Message() << "call " << n);
    Store store;
    store.writer->session() << "PRAGMA wal_autocheckpoint = 8"; // so that checkpoints fail, too
    std::vector<std::string> acknowledged;
    auto post = [&](const std::string& text) {
      auto done = store.append(store.lobby, {Store::post(store.ada, text + "1", text + "1"), Store::post(store.eve, text + "2", text + "2"),
                                             Store::post(store.ada, text + "3", text + "3")});
      for (const auto& one : done) {
        EXPECT_EQ(bool(one.what), bool(done[0].what)) << "all or none";
        if (one.what)
          acknowledged.push_back(message(*one.what).content);
        else
          EXPECT_EQ(one.what.error().code, errc::unavailable);
      }
      return bool(done[0].what);
    };
    EXPECT_TRUE(post("before"));
    disk.fail_at(n, how, how_long);
    post("during");
    post("meanwhile");
    disk.heal();
    EXPECT_TRUE(post("after")) << "heals";
    EXPECT_EQ(contents(store.messages(store.lobby).events), acknowledged);
    store.restart();
    EXPECT_EQ(contents(store.messages(store.lobby).events), acknowledged);
    EXPECT_EQ(query_text(*store.writer, "PRAGMA integrity_check"), "ok");
    return disk.faults() == 0;
  }

  void sweep(faulty_vfs::fault how, faulty_vfs::lasting how_long) {
    auto n = 1;
    while (!survives(n, how, how_long) && !HasFailure() && n < 1000)
      ++n;
    EXPECT_GT(n, how == faulty_vfs::fault::failed_sync ? 2 : 10) << "the faults missed the writes";
  }
};

TEST_F(FaultTest, AWriteThatFailsOnceLosesNothingAcknowledged) {
  sweep(faulty_vfs::fault::io_error, faulty_vfs::lasting::once);
}

TEST_F(FaultTest, WritesThatFailForAWhileLoseNothingAcknowledged) {
  sweep(faulty_vfs::fault::io_error, faulty_vfs::lasting::until_healed);
}

TEST_F(FaultTest, AShortWriteLosesNothingAcknowledged) {
  sweep(faulty_vfs::fault::short_write, faulty_vfs::lasting::once);
}

TEST_F(FaultTest, ADiskThatIsFullForAWhileLosesNothingAcknowledged) {
  sweep(faulty_vfs::fault::disk_full, faulty_vfs::lasting::until_healed);
}

TEST_F(FaultTest, ASyncThatFailsLosesNothingAcknowledged) {
  sweep(faulty_vfs::fault::failed_sync, faulty_vfs::lasting::once);
}

/// A closed store with some history, to be damaged.
struct DamageTest : testing::Test {
  temporary_directory directory;
  std::filesystem::path file = directory / "damaged.db";
  log_ear log;
  std::string intact;
  room_id lobby;

  /// Who wrote is in the content, so that a wrong author shows.
  static std::string content_by(user_id author) { return "by " + std::to_string(author.value) + " " + std::string(100, 'x'); }

  static void expect_right_author(const event_ptr& told) {
    auto* posted = std::get_if<message_posted>(&told->what);
    auto is_claimed_by = [&](uint64_t author) { return posted->content.starts_with(content_by(user_id{author}).substr(0, 5)); };
    if (posted && (is_claimed_by(1) || is_claimed_by(2))) {
      EXPECT_TRUE(is_claimed_by(posted->author->id.value)) << posted->author->id.value << " did not write: " << posted->content;
    }
  }

  DamageTest() {
    struct Store : StoreTest {
      void TestBody() override {}
    } store;
    lobby = store.lobby;
    for (auto i = 0; i < 100; ++i) {
      auto& author = i % 3 ? store.ada : store.eve;
      store.committed(StoreTest::post(author, content_by(author->id), "c" + std::to_string(i)));
    }
    store.close();
    std::ostringstream whole;
    whole << std::ifstream(store.file, std::ios::binary).rdbuf();
    intact = whole.str();
  }

  void damage(const std::string& bytes) const { std::ofstream(file, std::ios::binary) << bytes; }

  /// Uses the store for everything; fails the test if anyone's message is given to another. True if all went well.
  bool use() const {
    auto db = database::open(url_of(file), read_write);
    if (!db || !db->migrate())
      return false;
    journal subject(*db);
    history past(*db);
    auto is_well = bool(past.load_room(lobby)) && bool(past.resolve(std::string("lobby"))) && bool(past.rooms_of(user_id{1}));
    for (auto which : {range{}, range{range::direction::before, 1000}, range{.messages_only = true}}) {
      auto found = past.read(lobby, which);
      is_well = is_well && found;
      if (found)
        std::ranges::for_each(found->events, expect_right_author);
    }
    auto ada = std::make_shared<const user>(user{user_id{1}, "ada", "", ""});
    auto done = subject.append(std::vector{batch{lobby, {{ada, post_message{"more", "new", {}}}}}});
    return is_well && done[0][0].is_new;
  }
};

TEST_F(DamageTest, AnIntactFileWorks) {
  damage(intact);
  EXPECT_TRUE(use());
  EXPECT_EQ(log.take(), "");
}

TEST_F(DamageTest, OverwrittenPagesAreToldAndNotFatal) {
  auto bytes = intact;
  constexpr size_t page_bytes = 4096;
  for (auto page = page_bytes; page < bytes.size(); page += page_bytes)
    if (std::string_view{bytes}.substr(page, page_bytes).find("CREATE ") == std::string_view::npos) // the schema stays as it is
      bytes.replace(page, page_bytes, page_bytes, '\xa5');
  damage(bytes);
  EXPECT_FALSE(use());
  EXPECT_NE(log.take().find("The store is damaged and must be restored"), std::string::npos);
}

TEST_F(DamageTest, ADamagedHeaderIsToldAtTheStart) {
  auto bytes = intact;
  std::fill_n(bytes.begin(), 16, 'x');
  damage(bytes);
  auto opened = database::open(url_of(file), read_write);
  ASSERT_FALSE(opened);
  EXPECT_NE(opened.error().detail.find("not a database"), std::string::npos) << opened.error().detail;
}

TEST_F(DamageTest, ATruncatedFileIsToldAndNotFatal) {
  for (auto size = intact.size() - 4096; size > 4096; size -= 4096) {
    damage(intact.substr(0, size));
    EXPECT_FALSE(use());
  }
}

TEST_F(DamageTest, FlippedBytesAreToldOrHarmless) {
  std::mt19937 random(1795247296);
  std::uniform_int_distribution<size_t> place(0, intact.size() - 1);
  std::uniform_int_distribution<int> bits(1, 255);
  for (auto i = 0; i < 300; ++i) {
    auto bytes = intact;
    auto at = place(random);
    bytes[at] = static_cast<char>(bytes[at] ^ bits(random));
    SCOPED_TRACE(testing::Message() << "flip " << i << " at " << at);
    damage(bytes);
    use();
  }
}

} // namespace
} // namespace stentor::store
