#include "chat/account_rules.hpp"

#include <gtest/gtest.h>

namespace stentor {
namespace {

const std::string good = "correct horse battery";

/// "accepted", or why not.
std::string verdict(const std::string& name, const std::string& email, const std::string& password) {
  auto why = check(registration{name, email, password});
  EXPECT_TRUE(!why || why->code == errc::bad_request);
  return why ? why->detail : "accepted";
}

TEST(AccountRules, LetOrdinaryPeopleIn) {
  EXPECT_EQ(verdict("ada", "ada@example.org", good), "accepted");
  EXPECT_EQ(verdict("Ada Lovelace", "", good), "accepted");
  EXPECT_EQ(verdict("Žofie", "", good), "accepted");
  EXPECT_EQ(verdict("ada", "", std::string(1024, 'x')), "accepted");
}

TEST(AccountRules, RefuseNamesThatCouldBeTakenForSomethingElse) {
  for (const auto* name : {"", " ada", "ada ", "ada@example.org", "a\nb", "a\x7f"})
    EXPECT_NE(verdict(name, "", good), "accepted") << name;
  EXPECT_NE(verdict(std::string(65, 'x'), "", good), "accepted");
}

TEST(AccountRules, RefuseWhatIsNoAddress) {
  for (const auto* email : {"ada", "@example.org", "ada@", "a@b@c", "a b@c", "a\n@b"})
    EXPECT_EQ(verdict("ada", email, good), "email must be an e-mail address") << email;
}

TEST(AccountRules, RefusePasswordsThatAreTooShortTooLongOrTooEasy) {
  EXPECT_EQ(verdict("ada", "", "1234567"), "password must have 8 to 1024 bytes");
  EXPECT_EQ(verdict("ada", "", std::string(1025, 'x')), "password must have 8 to 1024 bytes");
  EXPECT_EQ(verdict("ada", "", "Password1"), "password is too easy to guess");
  EXPECT_EQ(verdict("adalovelace", "", "AdaLovelace"), "password is too easy to guess");
  EXPECT_EQ(verdict("ada", "ada@example.org", "ada@example.org"), "password is too easy to guess");
}

} // namespace
} // namespace stentor
