// Two tokens are made of each input: the input itself, and one with a good signature whose header is the first line
// and whose payload is the rest.

#include "protocol/jwt.hpp"

#include "check.hpp"
#include "protocol/signed_token.hpp"

namespace {

using namespace stentor;

constexpr auto now = wall_time{std::chrono::seconds{1'800'000'000}};
const jwt::policy rules{.secret = "a secret of at least 32 characters"};

void judge(std::string_view token) {
  auto claims = jwt::verify(token, rules, now);
  if (!claims) {
    fuzz::check(claims.error().code == errc::invalid_token);
    return;
  }
  fuzz::check(token.size() <= 4096 && claims->is_object());
  fuzz::check(claims->at("exp").is_number_unsigned() && claims->at("exp").get<uint64_t>() > 1'800'000'000);
  auto again = jwt::verify(jwt::sign(*claims, rules.secret), rules, now);
  fuzz::check(again ? *again == *claims : again.error().detail == "too long");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view input{reinterpret_cast<const char*>(data), size};
  judge(input);
  auto header = input.substr(0, input.find('\n'));
  judge(jwt::signed_token(header, input.substr(std::min(header.size() + 1, input.size())), rules.secret));
  return 0;
}
