#include "protocol/jwt.hpp"

#include "protocol/base64.hpp"
#include "protocol/signed_token.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace stentor::jwt {
namespace {

using namespace std::chrono_literals;

constexpr auto now = wall_time{1'800'000'000s};
const std::string secret = "a secret of at least 32 characters";
const std::string hs256 = R"({"alg":"HS256","typ":"JWT"})";
const std::string claims = R"({"sub":"7","iss":"stentor","aud":"chat","iat":1799999000,"nbf":1799999000,"exp":1800000060})";

std::string part(std::string_view text) {
  return base64::encode(text, base64::alphabet::url);
}

std::string with_header(std::string_view header, std::string_view key = secret) {
  return signed_token(header, claims, key);
}

std::string with_claims(std::string_view payload) {
  return signed_token(hs256, payload, secret);
}

/// "accepted", or why not.
std::string verdict(std::string_view token, const policy& rules, wall_time at = now) {
  auto answer = verify(token, rules, at);
  if (answer)
    return "accepted";
  EXPECT_EQ(answer.error().code, errc::invalid_token);
  return answer.error().detail;
}

std::string verdict(std::string_view token) {
  return verdict(token, {.secret = secret, .issuer = "stentor", .audience = "chat"});
}

std::string nested(size_t depth) {
  return std::string(depth, '[') + std::string(depth, ']');
}

struct row {
  const char* what;
  std::string token;
  const char* verdict;
};

TEST(Jwt, LetsExactlyOneTokenOfTheMatrixIn) {
  const auto good = with_claims(claims);
  const auto signature = good.substr(good.rfind('.') + 1);
  const auto unsigned_part = good.substr(0, good.rfind('.') + 1);
  const std::string pem = "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQ==\n-----END PUBLIC KEY-----\n";
  const std::vector<row> matrix = {
    {"good", good, "accepted"},
    {"expired", with_claims(R"({"iss":"stentor","aud":"chat","exp":1800000000})"), "expired"},
    {"nbf in the future", with_claims(R"({"iss":"stentor","aud":"chat","exp":1800000060,"nbf":1800000001})"), "not yet valid"},
    {"iat in the future", with_claims(R"({"iss":"stentor","aud":"chat","exp":1800000060,"iat":1800000001})"), "not yet valid"},
    {"no exp", with_claims(R"({"iss":"stentor","aud":"chat"})"), "malformed"},
    {"exp a string", with_claims(R"({"iss":"stentor","aud":"chat","exp":"1800000060"})"), "malformed"},
    {"exp a float", with_claims(R"({"iss":"stentor","aud":"chat","exp":1800000060.5})"), "malformed"},
    {"exp 1e30", with_claims(R"({"iss":"stentor","aud":"chat","exp":1e30})"), "malformed"},
    {"exp 2^64-1, which libjwt does not read", with_claims(R"({"iss":"stentor","aud":"chat","exp":18446744073709551615})"), "signature"},
    {"exp below zero", with_claims(R"({"iss":"stentor","aud":"chat","exp":-1})"), "malformed"},
    {"exp null", with_claims(R"({"iss":"stentor","aud":"chat","exp":null})"), "malformed"},
    {"exp true", with_claims(R"({"iss":"stentor","aud":"chat","exp":true})"), "malformed"},
    {"exp in an array", with_claims(R"({"iss":"stentor","aud":"chat","exp":[1800000060]})"), "malformed"},
    {"exp twice", with_claims(R"({"iss":"stentor","aud":"chat","exp":1,"exp":1800000060})"), "malformed"},
    {"nbf a string", with_claims(R"({"iss":"stentor","aud":"chat","exp":1800000060,"nbf":"0"})"), "malformed"},
    {"nbf 2^64-1, which libjwt does not read", with_claims(R"({"iss":"stentor","aud":"chat","exp":1800000060,"nbf":18446744073709551615})"),
     "signature"},
    {"iat a float", with_claims(R"({"iss":"stentor","aud":"chat","exp":1800000060,"iat":1.5})"), "malformed"},
    {"alg none", with_header(R"({"alg":"none","typ":"JWT"})"), "algorithm"},
    {"alg none, no signature", part(R"({"alg":"none","typ":"JWT"})") + '.' + part(claims) + '.', "algorithm"},
    {"alg nOnE, no signature", part(R"({"alg":"nOnE","typ":"JWT"})") + '.' + part(claims) + '.', "algorithm"},
    {"alg missing", with_header(R"({"typ":"JWT"})"), "algorithm"},
    {"alg a number", with_header(R"({"alg":256,"typ":"JWT"})"), "algorithm"},
    {"alg in small letters", with_header(R"({"alg":"hs256","typ":"JWT"})"), "algorithm"},
    {"alg twice", with_header(R"({"alg":"none","alg":"HS256","typ":"JWT"})"), "malformed"},
    {"HS512", signed_token(R"({"alg":"HS512","typ":"JWT"})", claims, secret, EVP_sha512()), "algorithm"},
    {"HS256 signature under an RS256 header", with_header(R"({"alg":"RS256","typ":"JWT"})"), "algorithm"},
    {"public key as HMAC secret", with_header(hs256, pem), "signature"},
    {"empty secret", with_header(hs256, ""), "signature"},
    {"kid of a key that we do not have", with_header(R"({"alg":"HS256","kid":"other"})", "the other secret"), "signature"},
    {"kid that leads to an empty file", with_header(R"({"alg":"HS256","kid":"../../../dev/null"})", ""), "signature"},
    {"kid with SQL", with_header(R"({"alg":"HS256","kid":"x' UNION SELECT 'key"})", "key"), "signature"},
    {"jku", with_header(R"({"alg":"HS256","jku":"https://evil.example/jwks"})"), "malformed"},
    {"x5u", with_header(R"({"alg":"HS256","x5u":"https://evil.example/cert"})"), "malformed"},
    {"jwk", with_header(R"({"alg":"HS256","jwk":{"kty":"oct","k":"a2V5"}})", "key"), "malformed"},
    {"crit", with_header(R"({"alg":"HS256","crit":["exp"]})"), "malformed"},
    {"crit with an unencoded payload", with_header(R"({"alg":"HS256","b64":false,"crit":["b64"]})"), "malformed"},
    {"typ of something else", with_header(R"({"alg":"HS256","typ":"at+jwt"})"), "malformed"},
    {"typ a number", with_header(R"({"alg":"HS256","typ":1})"), "malformed"},
    {"aud of someone else", with_claims(R"({"iss":"stentor","aud":"mail","exp":1800000060})"), "audience"},
    {"aud an array of others", with_claims(R"({"iss":"stentor","aud":["mail","chats",1],"exp":1800000060})"), "audience"},
    {"aud an object", with_claims(R"({"iss":"stentor","aud":{"x":"chat"},"exp":1800000060})"), "audience"},
    {"aud missing", with_claims(R"({"iss":"stentor","exp":1800000060})"), "audience"},
    {"aud twice", with_claims(R"({"iss":"stentor","aud":"mail","aud":"chat","exp":1800000060})"), "malformed"},
    {"iss of someone else", with_claims(R"({"iss":"stentor.evil","aud":"chat","exp":1800000060})"), "issuer"},
    {"iss an array", with_claims(R"({"iss":["stentor"],"aud":"chat","exp":1800000060})"), "issuer"},
    {"iss missing", with_claims(R"({"aud":"chat","exp":1800000060})"), "issuer"},
    {"sub twice", with_claims(R"({"iss":"stentor","aud":"chat","exp":1800000060,"sub":"1","sub":"2"})"), "malformed"},
    {"sub twice, once escaped", with_claims(R"({"iss":"stentor","aud":"chat","exp":1800000060,"sub":"1","\u0073ub":"2"})"), "malformed"},
    {"half a surrogate pair in the claims", with_claims(R"({"iss":"stentor","aud":"chat","exp":1800000060,"name":"\ud83d"})"), "malformed"},
    {"half a surrogate pair in the header", with_header(R"({"alg":"HS256","typ":"JWT","kid":"\ude00"})"), "malformed"},
    {"empty", "", "malformed"},
    {"no dot", "token", "malformed"},
    {"one dot", "one.dot", "malformed"},
    {"two dots and nothing else", "..", "malformed"},
    {"four parts", good + ".AAAA", "malformed"},
    {"five parts", good + ".AAAA.AAAA", "malformed"},
    {"header is no JSON", signed_token("HS256", claims, secret), "malformed"},
    {"header is an array", signed_token(R"(["HS256"])", claims, secret), "malformed"},
    {"header is cut by NUL", signed_token(hs256 + std::string(1, '\0') + "x", claims, secret), "malformed"},
    {"payload is an array", with_claims("[]"), "malformed"},
    {"payload is a number", with_claims("1800000060"), "malformed"},
    {"payload is cut by NUL", with_claims(claims + std::string(1, '\0') + "x"), "malformed"},
    {"payload is no UTF-8", with_claims("{\"exp\":1800000060,\"sub\":\"\xff\"}"), "malformed"},
    {"nested header with a bad signature", part(R"({"alg":"HS256","x":)" + nested(1000) + "}") + '.' + part(claims) + ".AAAA", "malformed"},
    {"nested payload with a bad signature", part(hs256) + '.' + part(nested(1400)) + ".AAAA", "malformed"},
    {"nested payload with a good signature", with_claims(R"({"exp":1800000060,"x":)" + nested(33) + "}"), "malformed"},
    {"a megabyte", with_claims(R"({"exp":1800000060,"x":")" + std::string(1'000'000, 'x') + "\"}"), "too long"},
    {"a megabyte of dots", std::string(1'000'000, '.'), "too long"},
    {"bytes behind the signature", good + "AAAA", "signature"},
    {"blank behind the signature", good + " ", "malformed"},
    {"line feed behind the signature", good + "\n", "malformed"},
    {"blank in front", " " + good, "malformed"},
    {"padding", good + "=", "malformed"},
    {"padding in the header", part(R"({"alg":"HS256"})") + "=" + good.substr(good.find('.')), "malformed"},
    {"the other alphabet", unsigned_part + "+/" + signature.substr(2), "malformed"},
    {"stray bits in the signature", good.substr(0, good.size() - 1) + static_cast<char>(good.back() + 1), "malformed"},
    {"NUL behind the signature", good + std::string(1, '\0'), "malformed"},
    {"Bearer in front", "Bearer " + good, "malformed"},
    {"signature missing", unsigned_part, "signature"},
    {"signature truncated", good.substr(0, good.size() - 3), "signature"},
    {"signature of other claims", part(hs256) + '.' + part(R"({"sub":"8","exp":1800000060})") + '.' + signature, "signature"},
    {"signed by another secret", with_header(hs256, "another secret, of 32 characters too"), "signature"},
  };
  for (const auto& row : matrix)
    EXPECT_EQ(verdict(row.token), row.verdict) << row.what << ": " << row.token.substr(0, 200);
}

TEST(Jwt, TakesTheFormsThatOtherIssuersUse) {
  EXPECT_EQ(verdict(with_header(R"({"alg":"HS256"})")), "accepted") << "no typ";
  EXPECT_EQ(verdict(with_header(R"({"typ":"jwt","alg":"HS256"})")), "accepted") << "typ in small letters";
  EXPECT_EQ(verdict(with_header(R"({"alg":"HS256","typ":"JWT","kid":"2026-11"})")), "accepted") << "a key id, which chooses nothing";
  EXPECT_EQ(verdict(with_claims(R"({"iss":"stentor","aud":["mail","chat"],"exp":1800000060})")), "accepted") << "several audiences";
  EXPECT_EQ(verdict(with_claims(" {\"iss\":\"stentor\",\n\"aud\":\"chat\",\"exp\":1800000060} ")), "accepted") << "white space";
}

TEST(Jwt, AsksForIssuerAndAudienceOnlyIfThePolicyDoes) {
  const auto bare = with_claims(R"({"exp":1800000060})");
  EXPECT_EQ(verdict(bare, {.secret = secret}), "accepted");
  EXPECT_EQ(verdict(bare, {.secret = secret, .issuer = "stentor"}), "issuer");
  EXPECT_EQ(verdict(bare, {.secret = secret, .audience = "chat"}), "audience");
}

TEST(Jwt, EndsAtTheSecondOfItsExpiryPlusLeeway) {
  const auto bare = with_claims(R"({"nbf":1800000000,"iat":1800000000,"exp":1800000060})");
  const policy strict{.secret = secret}, lenient{.secret = secret, .leeway = 5s};
  EXPECT_EQ(verdict(bare, strict, now + 59'999ms), "accepted");
  EXPECT_EQ(verdict(bare, strict, now + 60s), "expired");
  EXPECT_EQ(verdict(bare, lenient, now + 64'999ms), "accepted");
  EXPECT_EQ(verdict(bare, lenient, now + 65s), "expired");
  EXPECT_EQ(verdict(bare, strict, now - 1ms), "not yet valid");
  EXPECT_EQ(verdict(bare, lenient, now - 5s), "accepted");
  EXPECT_EQ(verdict(bare, lenient, now - 5s - 1ms), "not yet valid");
}

TEST(Jwt, AnEmptySecretVerifiesNothing) {
  EXPECT_EQ(verdict(with_header(hs256, ""), policy{}), "signature");
  EXPECT_EQ(verdict(with_claims(claims), policy{}), "signature");
}

TEST(Jwt, GivesTheClaimsAsTheyWereWritten) {
  auto answer = verify(with_claims(claims), {.secret = secret}, now);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->dump(), claims);
}

TEST(Jwt, TakesTokensUpToFourKibibytes) {
  auto of_size = [](size_t name_bytes) { return with_claims(R"({"exp":1800000060,"name":")" + std::string(name_bytes, 'n') + "\"}"); };
  ASSERT_EQ(of_size(2983).size(), 4096u);
  EXPECT_EQ(verdict(of_size(2983), {.secret = secret}), "accepted");
  EXPECT_EQ(verdict(of_size(2984), {.secret = secret}), "too long");
}

TEST(Jwt, SignsAsEveryoneDoes) {
  // The example of https://jwt.io and RFC 7519's order of things: {"alg","typ"}, then the claims as given.
  EXPECT_EQ(sign(json::parse(R"({"sub":"1234567890","name":"John Doe","iat":1516239022})"), "your-256-bit-secret"),
            "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ."
            "SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c");
}

TEST(Jwt, VerifiesWhatItSigned) {
  const auto own = sign(json::parse(claims), secret);
  EXPECT_EQ(own, with_claims(claims));
  EXPECT_EQ(verdict(own), "accepted");
}

} // namespace
} // namespace stentor::jwt
