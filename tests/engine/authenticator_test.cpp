#include "engine/authenticator.hpp"

#include "engine/request_token.hpp"
#include "support/network_test.hpp"
#include "support/scripted.hpp"

#include <map>

namespace stentor {
namespace {

using namespace std::chrono_literals;

const auto ada = user{{7}, "Ada", "ada@example.org", ""};

struct AuthenticatorTest : NetworkTest {
  scripted_reader reader;
  scripted_persistence disk;
  auth_settings rules;
  std::map<std::string, std::string, std::less<>> tokens; ///< good ones, to their claims
  authenticator subject{net.self(), rules,
                        token_rules{.verify = [this](std::string_view token) -> result<believed_token> {
                                      auto found = tokens.find(token);
                                      if (found == tokens.end())
                                        return failure{errc::invalid_token, "signature"};
                                      return believed_token{json::parse(found->second), "print of " + std::string{token}, wall_time{} + 1h};
                                    },
                                    .sign = [](json claims) { return claims.dump(); }},
                        reader_pool{{mortal(reader.spawn(system))}}, mortal(disk.spawn(system))};

  reply<identity_ptr> authenticate(const std::string& token) {
    auto answer = reply<identity_ptr>{};
    subject.authenticate(token, [answer](result<identity_ptr> who) { answer.set(std::move(who)); });
    settle();
    return answer;
  }
  /// Someone with a good token of these claims.
  reply<identity_ptr> authenticate_with(std::string claims) {
    tokens["good"] = std::move(claims);
    return authenticate("good");
  }
  void find(result<store::account> who) {
    reader.identities.answer(std::move(who));
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
  EXPECT_TRUE(reader.identities.seen.empty());
}

TEST_F(AuthenticatorTest, ATokenOfOurOwnNamesAUserById) {
  auto answer = authenticate_with(R"({"iss":"stentor","sub":"7"})");
  ASSERT_EQ(reader.identities.waiting(), 1u);
  EXPECT_EQ(reader.identities.seen[0].id, ada.id);
  find(store::account{ada, "authenticated"});
  EXPECT_EQ(*answer.value()->who, ada);
}

TEST_F(AuthenticatorTest, ALeadingBearerIsTolerated) {
  tokens["good"] = R"({"iss":"stentor","sub":"7"})";
  auto answer = authenticate("Bearer good");
  find(store::account{ada, "authenticated"});
  EXPECT_EQ(answer.value()->who->id, ada.id);
}

TEST_F(AuthenticatorTest, TheSubjectStandsInOneOfThreeClaimsAsTextOrNumber) {
  for (auto claims :
       {R"({"iss":"stentor","sub":"7"})", R"({"iss":"stentor","sub":7})", R"({"iss":"stentor","id":7})",
        R"({"iss":"stentor","userId":"7"})", R"({"userId":9,"id":8,"sub":7,"iss":"stentor"})", R"({"iss":"stentor","sub":"","id":7})"}) {
    authenticate_with(claims);
    ASSERT_EQ(reader.identities.waiting(), 1u) << claims;
    EXPECT_EQ(reader.identities.seen.back().id, ada.id) << claims;
    find(store::account{ada, "authenticated"});
  }
}

TEST_F(AuthenticatorTest, ATokenOfOurOwnWithoutAnIdIsRefused) {
  for (auto claims : {R"({"iss":"stentor"})", R"({"iss":"stentor","sub":""})", R"({"iss":"stentor","sub":0})",
                      R"({"iss":"stentor","sub":-7})", R"({"iss":"stentor","sub":"ada"})", R"({"iss":"stentor","sub":"7x"})",
                      R"({"iss":"stentor","sub":["7"]})", R"({"iss":"stentor","sub":"99999999999999999999999"})"})
    EXPECT_EQ(authenticate_with(claims).error(), bad_token("subject")) << claims;
  EXPECT_TRUE(reader.identities.seen.empty());
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
    ASSERT_EQ(reader.identities.waiting(), 1u) << claims;
    EXPECT_EQ(reader.identities.seen.back().id, user_id{}) << claims;
    EXPECT_EQ(reader.identities.seen.back().subject, "7") << claims;
    find(store::account{ada, "authenticated"});
  }
  EXPECT_EQ(reader.identities.seen[0].issuer, "https://id.example");
  EXPECT_EQ(reader.identities.seen[1].issuer, "");
  EXPECT_EQ(reader.identities.seen[2].issuer, "");
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
  EXPECT_EQ(*answer.value()->who, ada);
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
  find(store::account{ada, "authenticated"});
  EXPECT_EQ(*answer.value()->who, ada);
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

// -- what is known of them ----------------------------------------------------

TEST_F(AuthenticatorTest, ATokenIsRememberedByItsIdIfItIsOursElseByItsPrint) {
  auto ours = authenticate_with(R"({"iss":"stentor","sub":"7","jti":"j1"})");
  EXPECT_EQ(reader.identities.seen.back().token, "j1");
  find(store::account{ada, "authenticated"});
  EXPECT_EQ(ours.value()->token, "j1");
  EXPECT_TRUE(ours.value()->is_ours);
  EXPECT_EQ(ours.value()->expires_at, wall_time{} + 1h);

  auto foreign = authenticate_with(R"({"iss":"https://id.example","sub":"a1","jti":"j1"})");
  find(store::account{ada, "authenticated"});
  EXPECT_EQ(foreign.value()->token, "print of good") << "whoever issues tokens elsewhere cannot have ours revoked";
  EXPECT_FALSE(foreign.value()->is_ours);
}

TEST_F(AuthenticatorTest, TheRoleIsTheAccountsUnlessTheClaimIsTrusted) {
  auto claims = R"({"iss":"https://id.example","sub":"a1","role":"admin"})";
  auto untrusted = authenticate_with(claims);
  find(store::account{ada, "authenticated"});
  EXPECT_EQ(untrusted.value()->role, "authenticated");
  EXPECT_FALSE(untrusted.value()->is_admin());

  rules.trust_role_claim = true;
  auto trusted = authenticate_with(claims);
  find(store::account{ada, "authenticated"});
  EXPECT_TRUE(trusted.value()->is_admin());
  auto odd = authenticate_with(R"({"iss":"https://id.example","sub":"a1","role":"emperor"})");
  find(store::account{ada, "admin"});
  EXPECT_EQ(odd.value()->role, "authenticated") << "a role that nobody has configured";
}

TEST_F(AuthenticatorTest, ClaimsThatNameTheUserAreConfigured) {
  rules.user_claims = {"uid"};
  rules.subject_is_user_id = true;
  authenticate_with(R"({"iss":"https://id.example","sub":"9","uid":"7"})");
  ASSERT_EQ(reader.identities.waiting(), 1u);
  EXPECT_EQ(reader.identities.seen[0].id, ada.id);
}

// -- where a request carries its token ----------------------------------------

http_request with_headers(std::vector<std::pair<std::string, std::string>> headers) {
  auto request = http_request{};
  for (const auto& [name, value] : headers)
    request.headers.add(name, value);
  return request;
}

TEST(TokenOfARequest, IsInItsHeaderElseInItsCookie) {
  using enum request_token::source;
  auto is = [](const request_token& token, std::string_view text, request_token::source from) {
    return token.text == text && token.from == from;
  };
  EXPECT_TRUE(is(token_of(with_headers({})), "", none));
  EXPECT_TRUE(is(token_of(with_headers({{"authorization", "Bearer t1"}})), "Bearer t1", header));
  EXPECT_TRUE(is(token_of(with_headers({{"cookie", "a=b; accessToken=t2; c=d"}})), "t2", cookie));
  EXPECT_TRUE(is(token_of(with_headers({{"cookie", "accessToken=t2"}, {"authorization", "t1"}})), "t1", header));
  EXPECT_TRUE(is(token_of(with_headers({{"cookie", "xaccessToken=t2"}})), "", none));
}

TEST(TokenOfARequest, IsNeverTakenFromItsQuery) {
  auto request = http_request{};
  request.query = "token=t3&accessToken=t3";
  EXPECT_EQ(token_of(request).text, "");
}

TEST(ARequest, IsForeignIfItsPageIsNeitherOursNorAllowed) {
  auto from = [](std::string origin) { return with_headers({{"host", "chat.example:1337"}, {"origin", std::move(origin)}}); };
  auto rules = cors_settings{};
  rules.origins = {"https://app.example"};
  EXPECT_FALSE(is_foreign(with_headers({{"host", "chat.example:1337"}}), rules)) << "no page has asked";
  EXPECT_FALSE(is_foreign(from("http://chat.example:1337"), rules));
  EXPECT_FALSE(is_foreign(from("https://app.example"), rules));
  EXPECT_TRUE(is_foreign(from("https://evil.example"), rules));
  EXPECT_TRUE(is_foreign(from("http://chat.example"), rules));
  EXPECT_TRUE(is_foreign(from("null"), rules));
}

} // namespace
} // namespace stentor
