#include "chat/account_rules.hpp"

#include <algorithm>
#include <cctype>

namespace stentor {
namespace {

constexpr size_t name_bytes_max = 64, email_bytes_max = 254, password_bytes_min = 8;

/// The commonest of eight bytes or more in published lists; shorter ones are refused for their length.
constexpr std::string_view common[] = {
  "00000000",   "000000000",  "0123456789",    "0987654321",   "11111111",   "111111111",    "1111111111",   "11223344",   "112233445566",
  "12121212",   "123123123",  "1231234",       "12341234",     "1234512345", "12345678",     "123456789",    "1234567890", "1234567891",
  "123456789a", "12345678a",  "123456abc",     "123456qwerty", "1234qwer",   "123654789",    "123abc123",    "123qweasd",  "123qweasdzxc",
  "147258369",  "1q2w3e4r",   "1q2w3e4r5t",    "1q2w3e4r5t6y", "1qaz2wsx",   "1qaz2wsx3edc", "1qazxsw2",     "22222222",   "31415926",
  "55555555",   "66666666",   "77777777",      "789456123",    "87654321",   "88888888",     "987654321",    "99999999",   "a1b2c3d4",
  "aa123456",   "aa12345678", "aaaaaaaa",      "abc12345",     "abc123456",  "abcd1234",     "abcdefgh",     "abcdefg1",   "access14",
  "admin123",   "admin1234",  "administrator", "alexander",    "asdasdasd",  "asdf1234",     "asdfasdf",     "asdfghjk",   "asdfghjkl",
  "babygirl",   "basketball", "baseball",      "butterfly",    "changeme",   "charlie1",     "chocolate",    "computer",   "consumer",
  "corvette",   "danielle",   "dragon123",     "einstein",     "elizabeth",  "factory1",     "fantasy1",     "football",   "football1",
  "garfield",   "goodluck",   "hello123",      "helloworld",   "iloveyou",   "iloveyou1",    "internet",     "jennifer",   "jordan23",
  "jonathan",   "justin123",  "letmein1",      "letmein123",   "liverpool",  "lovelove",     "marlboro",     "maverick",   "mercedes",
  "metallica",  "michael1",   "michelle",      "midnight",     "monkey123",  "mynameis",     "nicholas",     "p@ssw0rd",   "pa55word",
  "passw0rd",   "password",   "password!",     "password1",    "password12", "password123",  "password1234", "patricia",   "pokemon123",
  "princess",   "princess1",  "q1w2e3r4",      "q1w2e3r4t5",   "qazwsx123",  "qazwsxedc",    "qwer1234",     "qwerasdf",   "qwerty12",
  "qwerty123",  "qwerty1234", "qwerty12345",   "qwertyui",     "qwertyuiop", "rockyou1",     "samantha",     "scooby22",   "secret123",
  "starwars",   "startrek",   "steelers",      "sunshine",     "sunshine1",  "superman",     "superman1",    "swordfish",  "test1234",
  "testtest",   "tinkerbell", "trustno1",      "victoria",     "welcome1",   "welcome123",   "whatever",     "william1",   "zaq12wsx",
  "zaq1zaq1",   "zxcvbnm1",   "zxcvbnm123",
};

std::string lowered(std::string_view text) {
  std::string out{text};
  std::ranges::transform(out, out.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

bool has_control(std::string_view text) {
  return std::ranges::any_of(text, [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= name_bytes_max && !has_control(text) && text.find('@') == text.npos && text.front() != ' ' &&
         text.back() != ' ';
}

bool is_address(std::string_view text) {
  auto at = text.find('@');
  return text.size() <= email_bytes_max && !has_control(text) && text.find(' ') == text.npos && at != text.npos && at > 0 &&
         at + 1 < text.size() && text.find('@', at + 1) == text.npos;
}

} // namespace

bool is_common_password(std::string_view text) {
  return std::ranges::count(common, lowered(text)) > 0;
}

std::optional<failure> check(const registration& wanted) {
  auto refused = [](const char* why) { return failure{errc::bad_request, why}; };
  if (!is_name(wanted.name))
    return refused("username must be a text of 1 to 64 bytes without @, control characters and spaces around it");
  if (!wanted.email.empty() && !is_address(wanted.email))
    return refused("email must be an e-mail address");
  if (wanted.password.size() < password_bytes_min || wanted.password.size() > password_bytes_max)
    return refused("password must have 8 to 1024 bytes");
  auto plain = lowered(wanted.password);
  if (is_common_password(plain) || plain == lowered(wanted.name) || plain == lowered(wanted.email))
    return refused("password is too easy to guess");
  return std::nullopt;
}

} // namespace stentor
