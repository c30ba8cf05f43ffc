#include "base/password.hpp"

#include <sodium.h>

#include <array>
#include <new>
#include <stdexcept>

namespace stentor::password {
namespace {

// OWASP's choice for argon2id; p is 1 in libsodium.
constexpr unsigned long long passes = 2;
constexpr size_t memory_bytes = size_t{19456} * 1024;

void start_library() {
  static const auto started = sodium_init();
  if (started < 0)
    throw std::runtime_error("libsodium cannot start");
}

} // namespace

std::string hash(const std::string& secret) {
  start_library();
  std::array<char, crypto_pwhash_STRBYTES> text{};
  if (crypto_pwhash_str(text.data(), secret.data(), secret.size(), passes, memory_bytes) != 0)
    throw std::bad_alloc();
  return text.data();
}

bool matches(const std::string& secret, const std::string& hash) {
  start_library();
  return crypto_pwhash_str_verify(hash.c_str(), secret.data(), secret.size()) == 0;
}

bool is_outdated(const std::string& hash) {
  start_library();
  return crypto_pwhash_str_needs_rehash(hash.c_str(), passes, memory_bytes) != 0;
}

const std::string& dummy() {
  static const auto made = [] {
    start_library();
    std::string secret(32, '\0');
    randombytes_buf(secret.data(), secret.size());
    return hash(secret);
  }();
  return made;
}

} // namespace stentor::password
