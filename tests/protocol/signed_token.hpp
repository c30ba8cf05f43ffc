#pragma once

#include "protocol/base64.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace stentor::jwt {

/// A token with a good signature for `key`, whatever header and payload say.
inline std::string signed_token(std::string_view header, std::string_view payload, std::string_view key,
                                const EVP_MD* digest = EVP_sha256()) {
  constexpr auto part = [](std::string_view bytes) { return base64::encode(bytes, base64::alphabet::url); };
  auto token = part(header) + '.' + part(payload);
  std::string mac(EVP_MAX_MD_SIZE, '\0');
  unsigned size = 0;
  HMAC(digest, key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(token.data()), token.size(),
       reinterpret_cast<unsigned char*>(mac.data()), &size);
  return token + '.' + part(mac.substr(0, size));
}

} // namespace stentor::jwt
