#pragma once

#include "base/result.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace stentor {

/// Who someone wants to be.
struct registration {
  std::string name;
  std::string email; ///< or empty
  std::string password;
};

/// What is wrong with it, if anything is: `bad_request`.
///
/// A name has 1 to 64 bytes, no '@' (it can be told from an e-mail address), no control characters, and no space around it.
/// A password has 8 to 1024 bytes, is not one of the commonest, and is neither the name nor the address.
std::optional<failure> check(const registration& wanted);

/// Whether it is one that everybody tries first. Letters count in either case.
bool is_common_password(std::string_view text);

/// Bounds of what a log-in may bring, so that no longer text is hashed.
constexpr size_t password_bytes_max = 1024;
constexpr size_t identifier_bytes_max = 254;

/// Whether a log-in's identifier means an e-mail address.
inline bool is_email(std::string_view identifier) {
  return identifier.find('@') != identifier.npos;
}

} // namespace stentor
