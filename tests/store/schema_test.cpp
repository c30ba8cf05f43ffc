#include "fixture.hpp"

#include "store/schema.hpp"

#include <soci/sqlite3/soci-sqlite3.h>

#include <fstream>

namespace stentor::store {
namespace {

struct SchemaTest : testing::Test {
  temporary_directory directory;
  std::filesystem::path file = directory / "chat.db";
  database db = open_or_throw(file);

  std::vector<migration> with(const char* sql) {
    std::vector steps(migrations().begin(), migrations().end());
    steps.push_back({steps.back().to + 1, sql});
    return steps;
  }
};

TEST_F(SchemaTest, AnEmptyFileGetsTheLatestVersion) {
  auto version = db.migrate();
  ASSERT_TRUE(version) << version.error().detail;
  EXPECT_EQ(*version, migrations().back().to);
  EXPECT_EQ(query_number(db, "PRAGMA user_version"), *version);
  EXPECT_EQ(query_number(db, "PRAGMA application_id"), 0x5374656e);
}

TEST_F(SchemaTest, MigratingAgainChangesNothing) {
  ASSERT_TRUE(db.migrate());
  auto before = query_number(db, "PRAGMA schema_version");
  ASSERT_TRUE(db.migrate());
  EXPECT_EQ(query_number(db, "PRAGMA schema_version"), before);
}

TEST_F(SchemaTest, EveryOlderVersionIsBroughtToTheLatest) {
  for (auto from = size_t{0}; from <= migrations().size(); ++from) {
    auto old = open_or_throw(directory / std::to_string(from));
    ASSERT_TRUE(migrate(old.session(), migrations().first(from)));
    auto version = old.migrate();
    ASSERT_TRUE(version) << version.error().detail;
    EXPECT_EQ(*version, migrations().back().to);
  }
}

TEST_F(SchemaTest, ANewerSchemaIsRefusedNamingBothVersions) {
  auto newer = with("CREATE TABLE later (id INTEGER PRIMARY KEY) STRICT");
  ASSERT_TRUE(migrate(db.session(), newer));
  auto refused = db.migrate();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, errc::unavailable);
  EXPECT_NE(refused.error().detail.find("version " + std::to_string(newer.back().to)), std::string::npos) << refused.error().detail;
  EXPECT_NE(refused.error().detail.find("up to " + std::to_string(migrations().back().to)), std::string::npos) << refused.error().detail;
}

TEST_F(SchemaTest, AStepThatFailsLeavesTheVersionBeforeIt) {
  auto broken = with("CREATE TABLE half (id INTEGER PRIMARY KEY) STRICT; CREATE TABLE half (id INTEGER PRIMARY KEY) STRICT");
  EXPECT_THROW(static_cast<void>(migrate(db.session(), broken)), soci::soci_error);
  EXPECT_EQ(query_number(db, "PRAGMA user_version"), broken.back().to - 1);
  EXPECT_EQ(query_number(db, "SELECT COUNT(*) FROM sqlite_schema WHERE name = 'half'"), 0);
  EXPECT_TRUE(db.migrate());
}

TEST_F(SchemaTest, AnotherProgramsDatabaseIsRefusedAndLeftAsItIs) {
  auto foreign = directory / "foreign.db";
  {
    soci::session other(soci::sqlite3, foreign.string());
    other << "CREATE TABLE bookmark (id INTEGER PRIMARY KEY)";
  }
  auto refused = database::open(url_of(foreign), read_write);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().detail.find("another program"), std::string::npos) << refused.error().detail;
  soci::session other(soci::sqlite3, foreign.string());
  std::string mode;
  other << "PRAGMA journal_mode", soci::into(mode);
  EXPECT_EQ(mode, "delete");
}

TEST_F(SchemaTest, AFileThatIsNoDatabaseIsRefusedAndLeftAsItIs) {
  auto text = directory / "notes.txt";
  auto words = std::string(5000, 'x');
  std::ofstream(text) << words;
  auto refused = database::open(url_of(text), read_write);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().detail.find("not a database"), std::string::npos) << refused.error().detail;
  EXPECT_EQ(std::filesystem::file_size(text), words.size());
}

TEST_F(SchemaTest, TheTablesRefuseValuesOfAnotherType) {
  ASSERT_TRUE(db.migrate());
  EXPECT_THROW(db.session() << "UPDATE id_sequence SET last = 'many'", soci::soci_error);
}

} // namespace
} // namespace stentor::store
