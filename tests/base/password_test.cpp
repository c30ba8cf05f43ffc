#include "base/password.hpp"

#include <gtest/gtest.h>

namespace stentor {
namespace {

TEST(Password, MatchesItsOwnHashOnly) {
  auto hash = password::hash("correct horse battery");
  EXPECT_TRUE(password::matches("correct horse battery", hash));
  EXPECT_FALSE(password::matches("correct horse batterz", hash));
  EXPECT_FALSE(password::matches("", hash));
  EXPECT_FALSE(password::is_outdated(hash));
}

TEST(Password, IsHashedWholeHoweverLongAndWhateverIsInIt) {
  auto long_one = std::string(1024, 'x');
  auto hash = password::hash(long_one);
  EXPECT_FALSE(password::matches(long_one.substr(1), hash));
  auto with_nul = std::string("first\0second", 12);
  EXPECT_FALSE(password::matches("first", password::hash(with_nul)));
}

TEST(Password, NamesItsParametersAndHasASaltOfItsOwn) {
  auto hash = password::hash("correct horse battery");
  EXPECT_TRUE(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$")) << hash;
  EXPECT_NE(hash, password::hash("correct horse battery"));
}

TEST(Password, OfOtherParametersIsOutdated) {
  EXPECT_TRUE(password::is_outdated("$argon2id$v=19$m=8192,t=1,p=1$YWFhYWFhYWFhYWFhYWFhYQ$YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWE"));
}

TEST(Password, NothingMatchesTheDummy) {
  EXPECT_FALSE(password::matches("", password::dummy()));
  EXPECT_FALSE(password::is_outdated(password::dummy())) << "it takes as long as any other";
}

} // namespace
} // namespace stentor
