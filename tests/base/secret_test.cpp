#include "base/secret.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/stat.h>

#include <filesystem>
#include <fstream>

namespace stentor {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

struct secrets : testing::Test {
  std::string directory = testing::TempDir() + "stentor-secret-XXXXXX";
  settings config;

  void SetUp() override {
    ASSERT_NE(mkdtemp(directory.data()), nullptr);
    config.server.data_dir = directory + "/data";
  }
  void TearDown() override { fs::remove_all(directory); }

  std::string file() const { return config.server.data_dir + "/jwt_secret"; }
  void in_production(std::string secret) {
    config.server.mode = "production";
    config.auth.secret = std::move(secret);
  }
};

TEST_F(secrets, DevelopmentGeneratesOneAndKeepsIt) {
  auto first = load_secret(config);
  ASSERT_TRUE(first);
  EXPECT_EQ(first->value.size(), 64u);
  auto second = load_secret(config);
  ASSERT_TRUE(second);
  EXPECT_EQ(second->value, first->value);
}

TEST_F(secrets, TwoServersGenerateTwo) {
  auto one = load_secret(config);
  config.server.data_dir = directory + "/other";
  EXPECT_NE(load_secret(config)->value, one->value);
}

TEST_F(secrets, TheGeneratedOneIsTheOwnersAlone) {
  ASSERT_TRUE(load_secret(config));
  struct stat info;
  ASSERT_EQ(stat(file().c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
}

TEST_F(secrets, TheNoticeNamesTheFileAndNotTheSecret) {
  auto secret = load_secret(config);
  ASSERT_TRUE(secret);
  EXPECT_THAT(secret->notice, AllOf(HasSubstr(file()), Not(HasSubstr(secret->value))));
  EXPECT_EQ(secret->warning, "");
}

TEST_F(secrets, TheFileLiesBesideTheDatabase) {
  config.store.url = "sqlite://" + directory + "/elsewhere/chat.db";
  ASSERT_TRUE(load_secret(config));
  EXPECT_TRUE(fs::exists(directory + "/elsewhere/jwt_secret"));
  EXPECT_FALSE(fs::exists(file()));
}

TEST_F(secrets, AFileThatOthersCanReadIsWarnedAbout) {
  ASSERT_TRUE(load_secret(config));
  fs::permissions(file(), fs::perms::group_read, fs::perm_options::add);
  EXPECT_THAT(load_secret(config)->warning, HasSubstr("chmod 600"));
}

TEST_F(secrets, AFileWithTooLittleInItIsRefused) {
  fs::create_directories(config.server.data_dir);
  std::ofstream(file()) << "short\n";
  auto refused = load_secret(config);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().detail, AllOf(HasSubstr(file()), Not(HasSubstr("\n"))));
}

TEST_F(secrets, ADirectoryThatCannotBeMadeIsOneLine) {
  std::ofstream(directory + "/data") << "a file is in the way";
  auto refused = load_secret(config);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().detail, file() + ": Not a directory");
}

TEST_F(secrets, AConfiguredOneIsUsedAndNoFileIsMade) {
  config.auth.secret = std::string(32, 'k');
  auto secret = load_secret(config);
  ASSERT_TRUE(secret);
  EXPECT_EQ(secret->value, std::string(32, 'k'));
  EXPECT_EQ(secret->notice + secret->warning, "");
  EXPECT_FALSE(fs::exists(file()));
}

TEST_F(secrets, DevelopmentOnlyWarnsAboutAWeakOne) {
  config.auth.secret = "short";
  EXPECT_THAT(load_secret(config)->warning, HasSubstr("16"));
  config.auth.secret = sample_secret;
  EXPECT_THAT(load_secret(config)->warning, AllOf(HasSubstr("sample"), Not(HasSubstr(std::string(sample_secret)))));
}

TEST_F(secrets, ProductionRefusesNoneShortAndTheSample) {
  for (const std::string& bad : {std::string(), std::string(15, 'k'), std::string(sample_secret)}) {
    in_production(bad);
    auto refused = load_secret(config);
    ASSERT_FALSE(refused) << bad;
    EXPECT_THAT(refused.error().detail, AllOf(HasSubstr("key 'auth.secret'"), HasSubstr("16 bytes"), Not(HasSubstr("\n"))));
    EXPECT_FALSE(check_secret(config)) << bad;
  }
  EXPECT_FALSE(fs::exists(file()));
}

TEST_F(secrets, ProductionWarnsFrom16To31BytesAndIsContentWith32) {
  for (size_t size : {16, 31}) {
    in_production(std::string(size, 'k'));
    EXPECT_THAT(load_secret(config)->warning, HasSubstr("32")) << size;
  }
  in_production(std::string(32, 'k'));
  EXPECT_EQ(load_secret(config)->warning, "");
}

} // namespace
} // namespace stentor
