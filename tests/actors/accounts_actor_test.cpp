#include "actors/accounts_actor.hpp"

#include "actors/host.hpp"
#include "support/scripted.hpp"

namespace stentor {
namespace {

using namespace std::chrono_literals;

struct AccountsActorTest : ActorTest {
  scripted_reader reader;
  scripted_persistence writer;
  scripted_hasher hasher;
  steady_time now = steady_time{} + 1h;
  accounts_actor accounts;

  AccountsActorTest() {
    auto policy = accounts_policy{.limits = rate_limits::of({.logins = 600}), .queue_max = 4, .registration = true};
    accounts = mortal(spawn<accounts_host>(system, reader_pool{{mortal(reader.spawn(system))}}, mortal(writer.spawn(system)),
                                           std::vector{mortal(hasher.spawn(system))}, policy, steady_clock_fn{[this] { return now; }}));
    reader.logins.always = [](const find_credentials& what) -> result<store::credentials> {
      if (what.identifier == "ada" || what.identifier == "blocked")
        return store::credentials{{{user_id{1}, "ada", {}, {}}, "authenticated"}, "hash of ada", what.identifier == "blocked"};
      return errc::not_found;
    };
    settle();
  }

  reply<store::account> log_in_as(std::string who, std::string password = "secret", std::string address = "192.0.2.1") {
    auto answer = ask(accounts, log_in{std::move(who), std::move(password), std::move(address)});
    settle();
    return answer;
  }
  void checked(checked_password with) {
    hasher.checks.answer(std::move(with));
    settle();
  }
  reply<store::account> sign_up_as(std::string name, std::string password = "correct horse battery") {
    auto answer = ask(accounts, sign_up{{std::move(name), {}, std::move(password)}, "192.0.2.1"});
    settle();
    return answer;
  }
};

TEST_F(AccountsActorTest, LetsInWhoKnowsThePassword) {
  auto answer = log_in_as("ada");
  ASSERT_EQ(hasher.checks.waiting(), 1u);
  EXPECT_EQ(hasher.checks.seen[0].password, "secret");
  EXPECT_EQ(hasher.checks.seen[0].hash, "hash of ada");
  EXPECT_TRUE(answer.pending());
  checked({true, {}});
  EXPECT_EQ(answer.value().who.name, "ada");
}

TEST_F(AccountsActorTest, AnswersAlikeWhetherTheUserExistsOrNot) {
  auto wrong = log_in_as("ada"), unknown = log_in_as("nobody"), blocked = log_in_as("blocked");
  ASSERT_EQ(hasher.checks.waiting(), 3u) << "an unknown user costs a hash, too";
  EXPECT_EQ(hasher.checks.seen[1].hash, "");
  checked({false, {}}), checked({false, {}}), checked({true, {}});
  EXPECT_EQ(wrong.error(), unknown.error());
  EXPECT_EQ(wrong.error(), blocked.error());
  EXPECT_EQ(wrong.code(), errc::unauthenticated);
}

TEST_F(AccountsActorTest, SlowsDownGuessesEvenWhenTheyComeAllAtOnce) {
  for (auto i = 0; i < 3; ++i)
    log_in_as("ada");
  auto fourth = log_in_as("ada", "secret", "192.0.2.2");
  EXPECT_EQ(fourth.code(), errc::rate_limited);
  EXPECT_EQ(fourth.error().retry_after, 4s);
  EXPECT_EQ(hasher.checks.waiting(), 3u);
  now += 4s;
  for (auto i = 0; i < 3; ++i)
    checked({false, {}});
  EXPECT_TRUE(log_in_as("ada").pending());
}

TEST_F(AccountsActorTest, KeepsTheQueueShortAndHeals) {
  std::vector<reply<store::account>> answers;
  for (auto i = 0; i < 5; ++i)
    answers.push_back(log_in_as("person " + std::to_string(i)));
  EXPECT_EQ(answers.back().code(), errc::busy);
  EXPECT_GT(answers.back().error().retry_after, 0ms);
  for (auto i = 0; i < 4; ++i)
    checked({false, {}});
  EXPECT_TRUE(log_in_as("ada").pending());
}

TEST_F(AccountsActorTest, FailuresOfTheStoreAndOfTheHasherGiveTheirPlacesBack) {
  reader.logins.always = [](const find_credentials&) { return result<store::credentials>{errc::unavailable}; };
  for (auto i = 0; i < 10; ++i)
    EXPECT_EQ(log_in_as("person " + std::to_string(i)).code(), errc::unavailable);
  for (auto i = 0; i < 10; ++i) {
    auto answer = sign_up_as("person " + std::to_string(i));
    hasher.hashes.answer(errc::busy);
    settle();
    EXPECT_EQ(answer.code(), errc::busy);
  }
}

TEST_F(AccountsActorTest, StoresABetterHashAndDoesNotWaitForIt) {
  auto answer = log_in_as("ada");
  checked({true, "better"});
  answer.value();
  ASSERT_EQ(writer.passwords.waiting(), 1u);
  EXPECT_EQ(writer.passwords.seen[0].password_hash, "better");
  writer.passwords.answer(errc::unavailable);
  settle();
}

TEST_F(AccountsActorTest, SignsUpWithAHashAndNeverThePassword) {
  auto answer = sign_up_as("eve");
  hasher.hashes.answer(hashed_password{"hash of eve"});
  settle();
  ASSERT_EQ(writer.accounts.waiting(), 1u);
  EXPECT_EQ(writer.accounts.seen[0].password_hash, "hash of eve");
  writer.accounts.answer(failure{errc::already_exists, "The username is taken"});
  settle();
  EXPECT_EQ(answer.error().detail, "The username is taken");
}

TEST_F(AccountsActorTest, RefusesBadRegistrationsBeforeTheyCostAnything) {
  EXPECT_EQ(sign_up_as("eve", "short").code(), errc::bad_request);
  EXPECT_EQ(hasher.hashes.waiting(), 0u);
}

TEST_F(AccountsActorTest, AnAddressMayTrySoOften) {
  auto refused = 0;
  for (auto i = 0; i < 110; ++i) {
    auto answer = log_in_as("person " + std::to_string(i));
    if (answer.pending())
      checked({false, {}});
    refused += answer.code() == errc::rate_limited;
  }
  EXPECT_EQ(refused, 10);
}

} // namespace
} // namespace stentor
