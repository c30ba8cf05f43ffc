#include "fixture.hpp"

#include <sys/stat.h>

namespace stentor::store {
namespace {

/// What `open` says of a URL that it refuses.
std::string complaint(const std::string& url, database::access how = read_write) {
  auto opened = database::open(url, how);
  if (opened)
    return "opened";
  EXPECT_EQ(opened.error().code, errc::unavailable);
  return opened.error().detail;
}

testing::AssertionResult says(const std::string& complaint, const std::string& words) {
  if (complaint.find(words) != std::string::npos)
    return testing::AssertionSuccess();
  return testing::AssertionFailure() << "'" << complaint << "' does not say '" << words << "'";
}

/// Acts without root's rights while it lives, so that permissions count.
class without_rights {
public:
  without_rights() : had_(geteuid()) {
    if (had_ == 0)
      is_off_ = seteuid(65534) == 0;
  }
  without_rights(const without_rights&) = delete;
  without_rights& operator=(const without_rights&) = delete;
  ~without_rights() {
    if (is_off_ && seteuid(had_) != 0)
      std::abort();
  }

private:
  uid_t had_;
  bool is_off_ = false;
};

struct DatabaseTest : testing::Test {
  temporary_directory directory;
  std::filesystem::path file = directory / "chat.db";
};

TEST_F(DatabaseTest, RunsDurableAndChecked) {
  auto db = open_or_throw(file);
  EXPECT_EQ(query_text(db, "PRAGMA journal_mode"), "wal");
  EXPECT_EQ(query_number(db, "PRAGMA synchronous"), 2); // FULL
  EXPECT_EQ(query_number(db, "PRAGMA foreign_keys"), 1);
  EXPECT_EQ(query_number(db, "PRAGMA mmap_size"), 0);
}

TEST_F(DatabaseTest, WaitsForALockNoLongerThanItIsLetAlsoWhenItWasReopened) {
  ASSERT_TRUE(open_or_throw(file).migrate());
  auto other = open_or_throw(file);
  other.session() << "BEGIN IMMEDIATE";
  auto hurry = std::stop_source{};
  auto db = database::open(url_of(file), database::access::read_write, std::chrono::hours{1}, hurry.get_token());
  ASSERT_TRUE(db);
  auto locked = [&] { EXPECT_THROW(db->session() << "BEGIN IMMEDIATE", soci::soci_error); };
  auto waiting = std::thread{locked};
  hurry.request_stop();
  waiting.join();
  EXPECT_FALSE(db->reopen());
  locked();
  other.session() << "ROLLBACK";
  EXPECT_NO_THROW(db->session() << "BEGIN IMMEDIATE") << "what it need not wait for it does";
}

TEST_F(DatabaseTest, AReaderCannotWrite) {
  ASSERT_TRUE(open_or_throw(file).migrate());
  auto db = open_or_throw(file, read_only);
  EXPECT_THROW(db.session() << "UPDATE id_sequence SET last = 7", soci::soci_error);
  EXPECT_EQ(query_number(db, "SELECT last FROM id_sequence"), 0);
}

TEST_F(DatabaseTest, AReaderDoesNotCreateTheFile) {
  EXPECT_TRUE(says(complaint(url_of(file), read_only), "does not exist"));
  EXPECT_FALSE(std::filesystem::exists(file));
}

TEST_F(DatabaseTest, OtherSchemesAreRefusedNamingWhatIsSupportedAndNoPassword) {
  auto words = complaint("mongodb://root:secret@example.org/chat");
  EXPECT_TRUE(says(words, "'mongodb'"));
  EXPECT_TRUE(says(words, "only SQLite is"));
  EXPECT_TRUE(says(words, "sqlite:///absolute/path.db"));
  EXPECT_FALSE(says(words, "secret"));
}

TEST_F(DatabaseTest, AUrlThatIsNoneIsRefused) {
  EXPECT_TRUE(says(complaint(""), "not given by a URL"));
  EXPECT_TRUE(says(complaint("/var/lib/chat.db"), "not given by a URL"));
}

TEST_F(DatabaseTest, ARelativePathIsRefused) {
  for (auto url : {"sqlite://chat.db", "sqlite:chat.db", "sqlite:", "sqlite://", "sqlite:/chat.db"})
    EXPECT_TRUE(says(complaint(url), "must be absolute")) << url;
}

TEST_F(DatabaseTest, AUrlWithParametersIsRefused) {
  EXPECT_TRUE(says(complaint(url_of(file) + "?mode=memory"), "no parameters"));
  EXPECT_TRUE(says(complaint(url_of(file) + std::string("\0x", 2)), "control characters"));
  EXPECT_TRUE(says(complaint(url_of(file) + "\" vfs=other"), "quotes"));
}

TEST_F(DatabaseTest, APathMayHaveSpacesAndEqualsSigns) {
  auto odd = directory / "a  b = c 'd'; readonly=true .db";
  EXPECT_TRUE(open_or_throw(odd).migrate());
  EXPECT_TRUE(std::filesystem::exists(odd));
}

TEST_F(DatabaseTest, AMissingDirectoryIsNamed) {
  EXPECT_TRUE(says(complaint(url_of(directory / "no/such/chat.db")), (directory / "no/such").string() + " does not exist"));
}

TEST_F(DatabaseTest, ADirectoryIsNoDatabase) {
  EXPECT_TRUE(says(complaint(url_of(directory.path())), "is a directory"));
}

TEST_F(DatabaseTest, ADirectoryThatMayNotBeEnteredIsNamed) {
  auto closed = directory / "closed";
  std::filesystem::create_directory(closed);
  ASSERT_EQ(chmod(directory.path().c_str(), 0755), 0);
  ASSERT_EQ(chmod(closed.c_str(), 0), 0);
  without_rights nobody;
  EXPECT_TRUE(says(complaint(url_of(closed / "chat.db")), "No permission to reach"));
}

TEST_F(DatabaseTest, AFileThatMayNotBeWrittenIsNamed) {
  ASSERT_TRUE(open_or_throw(file).migrate());
  ASSERT_EQ(chmod(directory.path().c_str(), 0777), 0);
  ASSERT_EQ(chmod(file.c_str(), 0444), 0);
  without_rights nobody;
  EXPECT_TRUE(says(complaint(url_of(file)), file.string() + ": No permission to write to it"));
}

TEST_F(DatabaseTest, AFileInADirectoryThatMayNotBeWrittenIsNamed) {
  ASSERT_TRUE(open_or_throw(file).migrate());
  ASSERT_EQ(chmod(directory.path().c_str(), 0555), 0);
  ASSERT_EQ(chmod(file.c_str(), 0666), 0);
  without_rights nobody;
  EXPECT_TRUE(says(complaint(url_of(file)), file.string() + ": The store is read-only"));
}

TEST_F(DatabaseTest, ReopensTheSameFile) {
  auto db = open_or_throw(file);
  ASSERT_TRUE(db.migrate());
  EXPECT_FALSE(db.reopen());
  EXPECT_EQ(query_number(db, "SELECT COUNT(*) FROM account"), 0);
}

TEST_F(DatabaseTest, DoesNotReplaceAFileThatIsGoneByAnEmptyOne) {
  auto db = open_or_throw(file);
  ASSERT_TRUE(db.migrate());
  std::filesystem::remove(file);
  auto why = db.reopen();
  ASSERT_TRUE(why);
  EXPECT_TRUE(says(why->detail, "is gone"));
  EXPECT_FALSE(std::filesystem::exists(file));
}

} // namespace
} // namespace stentor::store
