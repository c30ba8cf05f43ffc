#include "protocol/jwt.hpp"

#include "protocol/base64.hpp"

#include <jwt.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <algorithm>
#include <cctype>
#include <memory>
#include <optional>
#include <stdexcept>

namespace stentor::jwt {
namespace {

using std::chrono::seconds;

constexpr size_t token_bytes_max = 4096;

failure refusal(std::string why) {
  return {errc::invalid_token, std::move(why)};
}

/// An object with every name once; within the limits, so that later parsers are safe with the same text.
std::optional<json> decode_object(std::string_view part) {
  auto text = base64::decode(part, base64::alphabet::url);
  if (!text || !parse_json(*text))
    return std::nullopt;
  size_t names = 0;
  auto count = [&](int depth, json::parse_event_t event, const json&) {
    names += depth == 1 && event == json::parse_event_t::key;
    return true;
  };
  auto object = json::parse(*text, count, false); // stricter than parse_json: half a surrogate pair is malformed
  if (!object.is_object() || object.size() != names)
    return std::nullopt;
  return object;
}

bool is_jwt(const json& type) {
  auto text = type.is_string() ? type.get<std::string>() : "";
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::toupper(c); });
  return text == "JWT";
}

/// Nothing if the header is one that we take; else why not.
std::optional<failure> judge_header(const json& header) {
  if (header.value("alg", json{}) != "HS256")
    return refusal("algorithm");
  for (auto unsupported : {"crit", "jku", "jwk", "x5u", "x5c"})
    if (header.contains(unsupported))
      return refusal("malformed");
  if (header.contains("typ") && !is_jwt(header["typ"]))
    return refusal("malformed");
  return std::nullopt;
}

bool signature_holds(std::string_view token, const std::string& secret) {
  if (secret.empty()) // libjwt would take the token for one that needs no signature
    return false;
  jwt_t* decoded = nullptr;
  auto key = reinterpret_cast<const unsigned char*>(secret.data());
  if (jwt_decode(&decoded, std::string{token}.c_str(), key, static_cast<int>(secret.size())) != 0)
    return false;
  std::unique_ptr<jwt_t, decltype(&jwt_free)> owner{decoded, jwt_free};
  return jwt_get_alg(decoded) == JWT_ALG_HS256;
}

/// Whole seconds since 1970, if `claim` says that.
std::optional<seconds> time_of(const json& claim) {
  constexpr uint64_t latest = 253'402'300'799; // the end of the year 9999
  if (!claim.is_number_unsigned() || claim.get<uint64_t>() > latest)
    return std::nullopt;
  return seconds{claim.get<int64_t>()};
}

std::optional<failure> judge_times(const json& claims, seconds leeway, seconds now) {
  auto expiry = time_of(claims.value("exp", json{}));
  if (!expiry)
    return refusal("malformed");
  if (*expiry + leeway <= now)
    return refusal("expired");
  for (auto name : {"nbf", "iat"}) {
    if (!claims.contains(name))
      continue;
    auto start = time_of(claims[name]);
    if (!start)
      return refusal("malformed");
    if (*start > now + leeway)
      return refusal("not yet valid");
  }
  return std::nullopt;
}

bool meant_for(const json& claims, const std::string& audience) {
  auto aud = claims.value("aud", json{});
  return aud == audience || (aud.is_array() && std::find(aud.begin(), aud.end(), audience) != aud.end());
}

} // namespace

result<json> verify(std::string_view token, const policy& rules, wall_time now) {
  if (token.size() > token_bytes_max)
    return refusal("too long");
  if (std::count(token.begin(), token.end(), '.') != 2)
    return refusal("malformed");
  auto first = token.find('.'), last = token.rfind('.');
  auto header = decode_object(token.substr(0, first));
  auto claims = decode_object(token.substr(first + 1, last - first - 1));
  if (!header || !claims || !base64::decode(token.substr(last + 1), base64::alphabet::url))
    return refusal("malformed");
  if (auto bad = judge_header(*header))
    return *bad;
  if (!signature_holds(token, rules.secret))
    return refusal("signature");
  if (auto bad = judge_times(*claims, rules.leeway, std::chrono::floor<seconds>(now.time_since_epoch())))
    return *bad;
  if (!rules.issuer.empty() && claims->value("iss", json{}) != rules.issuer)
    return refusal("issuer");
  if (!rules.audience.empty() && !meant_for(*claims, rules.audience))
    return refusal("audience");
  return *std::move(claims);
}

std::string fingerprint(std::string_view token) {
  std::string digest(EVP_MAX_MD_SIZE, '\0');
  unsigned size = 0;
  EVP_Digest(token.data(), token.size(), reinterpret_cast<unsigned char*>(digest.data()), &size, EVP_sha256(), nullptr);
  return base64::encode(digest.substr(0, size), base64::alphabet::url);
}

wall_time expiry(const json& claims) {
  return wall_time{seconds{claims.at("exp").get<int64_t>()}};
}

std::string random_id() {
  std::string bytes(16, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(bytes.size())) != 1)
    throw std::runtime_error("no randomness for the id of a token");
  return base64::encode(bytes, base64::alphabet::url);
}

std::string sign(const json& claims, std::string_view secret) {
  auto token =
    base64::encode(R"({"alg":"HS256","typ":"JWT"})", base64::alphabet::url) + '.' + base64::encode(claims.dump(), base64::alphabet::url);
  std::string mac(32, '\0');
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()), reinterpret_cast<const unsigned char*>(token.data()), token.size(),
       reinterpret_cast<unsigned char*>(mac.data()), nullptr);
  return token + '.' + base64::encode(mac, base64::alphabet::url);
}

} // namespace stentor::jwt
