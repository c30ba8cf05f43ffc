#include "engine/authenticator.hpp"

#include "support/network_test.hpp"
#include "support/scripted.hpp"

#include <map>

namespace stentor {
namespace {

const auto ada = user{{7}, "Ada", "ada@example.org", ""};

struct AuthenticatorTest : NetworkTest {
  scripted_reader reader;
  scripted_persistence disk;
  auth_settings rules;
  std::map<std::string, std::string, std::less<>> tokens; ///< good ones, to their claims
  authenticator subject{
    net.self(), rules,
    [this](std::string_view token) -> result<json> {
      auto claims = tokens.find(token);
      return claims == tokens.end() ? result<json>{failure{errc::invalid_token, "signature"}} : json::parse(claims->second);
    },
    reader_pool{{mortal(reader.spawn(system))}}, mortal(disk.spawn(system))};

  reply<user_ptr> authenticate(std::string token) {
    auto answer = reply<user_ptr>{};
    subject.authenticate(token, [answer](result<user_ptr> who) { answer.set(std::move(who)); });
    settle();
    return answer;
  }
  /// Someone with a good token of these claims.
  reply<user_ptr> authenticate_with(std::string claims) {
    tokens["good"] = std::move(claims);
    return authenticate("good");
  }
  void find(result<user> who) {
    reader.finds.answer(std::move(who));
    settle();
  }
  void provision(result<user> who) {
    disk.users.answer(std::move(who));
    settle();
  }
  failure bad_token(std::string why) { return {errc::invalid_token, std::move(why)}; }
};

TEST_F(AuthenticatorTest, WithoutATokenNobodyIsAnybody) {
  EXPECT_EQ(authenticate("").code(), errc::unauthenticated);
  EXPECT_EQ(authenticate("Bearer ").code(), errc::unauthenticated);
}

TEST_F(AuthenticatorTest, ABadTokenIsRefusedWithItsReasonAndNobodyIsLookedUp) {
  EXPECT_EQ(authenticate("forged").error(), bad_token("signature"));
  EXPECT_TRUE(reader.finds.seen.empty());
}

TEST_F(AuthenticatorTest, ATokenOfOurOwnNamesAUserById) {
  auto answer = authenticate_with(R"({"iss":"stentor","sub":"7"})");
  ASSERT_EQ(reader.finds.waiting(), 1u);
  EXPECT_EQ(reader.finds.seen[0].id, ada.id);
  find(ada);
  EXPECT_EQ(*answer.value(), ada);
}

TEST_F(AuthenticatorTest, ALeadingBearerIsTolerated) {
  tokens["good"] = R"({"iss":"stentor","sub":"7"})";
  auto answer = authenticate("Bearer good");
  find(ada);
  EXPECT_EQ(answer.value()->id, ada.id);
}

TEST_F(AuthenticatorTest, TheSubjectStandsInOneOfThreeClaimsAsTextOrNumber) {
  for (auto claims :
       {R"({"iss":"stentor","sub":"7"})", R"({"iss":"stentor","sub":7})", R"({"iss":"stentor","id":7})",
        R"({"iss":"stentor","userId":"7"})", R"({"userId":9,"id":8,"sub":7,"iss":"stentor"})", R"({"iss":"stentor","sub":"","id":7})"}) {
    authenticate_with(claims);
    ASSERT_EQ(reader.finds.waiting(), 1u) << claims;
    EXPECT_EQ(reader.finds.seen.back().id, ada.id) << claims;
    find(ada);
  }
}

TEST_F(AuthenticatorTest, ATokenOfOurOwnWithoutAnIdIsRefused) {
  for (auto claims : {R"({"iss":"stentor"})", R"({"iss":"stentor","sub":""})", R"({"iss":"stentor","sub":0})",
                      R"({"iss":"stentor","sub":-7})", R"({"iss":"stentor","sub":"ada"})", R"({"iss":"stentor","sub":"7x"})",
                      R"({"iss":"stentor","sub":["7"]})", R"({"iss":"stentor","sub":"99999999999999999999999"})"})
    EXPECT_EQ(authenticate_with(claims).error(), bad_token("subject")) << claims;
  EXPECT_TRUE(reader.finds.seen.empty());
}

TEST_F(AuthenticatorTest, AnIdOfOursThatNobodyHasIsRefusedEvenWithAutoProvision) {
  rules.auto_provision = true;
  auto answer = authenticate_with(R"({"iss":"stentor","sub":"99","name":"Eve"})");
  find(errc::not_found);
  EXPECT_EQ(answer.error(), bad_token("unknown user"));
  EXPECT_TRUE(disk.users.seen.empty()) << "ids are ours to give";
}

TEST_F(AuthenticatorTest, AForeignSubjectIsNoIdOfOurs) {
  for (auto claims : {R"({"iss":"https://id.example","sub":"7"})", R"({"sub":"7"})", R"({"iss":7,"sub":"7"})"}) {
    authenticate_with(claims);
    ASSERT_EQ(reader.finds.waiting(), 1u) << claims;
    EXPECT_EQ(reader.finds.seen.back().id, user_id{}) << claims;
    EXPECT_EQ(reader.finds.seen.back().subject, "7") << claims;
    find(ada);
  }
  EXPECT_EQ(reader.finds.seen[0].issuer, "https://id.example");
  EXPECT_EQ(reader.finds.seen[1].issuer, "");
  EXPECT_EQ(reader.finds.seen[2].issuer, "");
}

TEST_F(AuthenticatorTest, AnUnknownForeignSubjectIsRefusedWithoutAutoProvision) {
  auto answer = authenticate_with(R"({"iss":"https://id.example","sub":"a1"})");
  find(errc::not_found);
  EXPECT_EQ(answer.error(), bad_token("unknown user"));
  EXPECT_TRUE(disk.users.seen.empty());
}

TEST_F(AuthenticatorTest, WithAutoProvisionAnUnknownForeignSubjectGetsAUserOfItsOwn) {
  rules.auto_provision = true;
  auto answer = authenticate_with(
    R"({"iss":"https://id.example","sub":"a1","name":"Ada","email":"ada@example.org","picture":"https://img.example/a.png","role":"admin"})");
  find(errc::not_found);
  ASSERT_EQ(disk.users.waiting(), 1u);
  const auto& wanted = disk.users.seen[0];
  EXPECT_EQ(wanted.name, "Ada");
  EXPECT_EQ(wanted.email, "ada@example.org");
  EXPECT_EQ(wanted.image, "https://img.example/a.png");
  EXPECT_EQ(wanted.issuer, "https://id.example");
  EXPECT_EQ(wanted.subject, "a1");
  provision(ada);
  EXPECT_EQ(*answer.value(), ada);
}

TEST_F(AuthenticatorTest, AUserWithoutANameGetsTheSubjectsAndOddClaimsAreLeftOut) {
  rules.auto_provision = true;
  auto too_long = std::string(257, 'x');
  authenticate_with(R"({"iss":"https://id.example","sub":5,"name":"","email":["x"],"picture":")" + too_long + R"("})");
  find(errc::not_found);
  ASSERT_EQ(disk.users.waiting(), 1u);
  EXPECT_EQ(disk.users.seen[0].name, "5");
  EXPECT_EQ(disk.users.seen[0].subject, "5");
  EXPECT_EQ(disk.users.seen[0].email, "");
  EXPECT_EQ(disk.users.seen[0].image, "");
}

TEST_F(AuthenticatorTest, ASubjectThatIsTooLongIsNone) {
  rules.auto_provision = true;
  auto of = [](size_t size) { return R"({"iss":"https://id.example","sub":")" + std::string(size, 'x') + R"("})"; };
  EXPECT_TRUE(authenticate_with(of(256)).pending());
  EXPECT_EQ(authenticate_with(of(257)).error(), bad_token("subject"));
}

TEST_F(AuthenticatorTest, AKnownForeignSubjectIsNotProvisionedAgain) {
  rules.auto_provision = true;
  auto answer = authenticate_with(R"({"iss":"https://id.example","sub":"a1","name":"Another name"})");
  find(ada);
  EXPECT_EQ(*answer.value(), ada);
  EXPECT_TRUE(disk.users.seen.empty());
}

TEST_F(AuthenticatorTest, AStoreThatFailsIsNoBadToken) {
  rules.auto_provision = true;
  auto looked_up = authenticate_with(R"({"iss":"https://id.example","sub":"a1"})");
  find(errc::unavailable);
  EXPECT_EQ(looked_up.code(), errc::unavailable);
  EXPECT_TRUE(disk.users.seen.empty());

  auto provisioned = authenticate_with(R"({"iss":"https://id.example","sub":"a1"})");
  find(errc::not_found);
  provision(errc::unavailable);
  EXPECT_EQ(provisioned.code(), errc::unavailable);
}

// -- where a request carries its token ----------------------------------------

http_request with_headers(std::vector<std::pair<std::string, std::string>> headers) {
  auto request = http_request{};
  for (const auto& [name, value] : headers)
    request.headers.add(name, value);
  return request;
}

TEST(TokenOfARequest, IsInItsHeaderElseInItsCookie) {
  EXPECT_EQ(token_of(with_headers({})), "");
  EXPECT_EQ(token_of(with_headers({{"authorization", "Bearer t1"}})), "Bearer t1");
  EXPECT_EQ(token_of(with_headers({{"cookie", "a=b; accessToken=t2; c=d"}})), "t2");
  EXPECT_EQ(token_of(with_headers({{"cookie", "accessToken=t2"}, {"authorization", "t1"}})), "t1");
  EXPECT_EQ(token_of(with_headers({{"cookie", "xaccessToken=t2"}})), "");
}

TEST(TokenOfARequest, IsNeverTakenFromItsQuery) {
  auto request = http_request{};
  request.query = "token=t3&accessToken=t3";
  EXPECT_EQ(token_of(request), "");
}

} // namespace
} // namespace stentor
