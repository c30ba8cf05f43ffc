#pragma once

#include "base/settings.hpp"

namespace stentor {

/// The key that signs tokens, and what the log should say about it; neither text contains the key.
struct token_secret {
  std::string value;
  std::string notice;  ///< where it is kept, or empty
  std::string warning; ///< what is weak about it, or empty
};

/// The secret in config/stentor.toml, which everybody knows.
inline constexpr std::string_view sample_secret = "change-me-to-32-random-bytes-or-more";

/// Whether auth.secret may be used in this mode: production needs 16 bytes or more and not the sample. Touches no file.
result<token_secret> check_secret(const settings& of);

/// check_secret(), and in development without a secret the random one in the file `jwt_secret` (mode 0600) beside the
/// database, which is made if it is missing. Fails with one line.
result<token_secret> load_secret(const settings& of);

} // namespace stentor
