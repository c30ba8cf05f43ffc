#include "token.hpp"

#include "protocol/jwt.hpp"

#include "base/json.hpp"

#include <chrono>

namespace stentor::load {

std::string token_of(size_t i, std::string_view secret) {
  using namespace std::chrono;
  auto now_s = duration_cast<seconds>(system_clock::now().time_since_epoch()).count();
  auto name = "bench-" + std::to_string(i);
  json claims = {{"sub", name}, {"name", name}, {"iat", now_s}, {"exp", now_s + 3600}};
  return jwt::sign(claims, secret);
}

} // namespace stentor::load
