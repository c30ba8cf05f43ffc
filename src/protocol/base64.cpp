#include "protocol/base64.hpp"

#include <openssl/evp.h>

#include <algorithm>

namespace stentor::base64 {
namespace {

const unsigned char* octets(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

unsigned char* octets(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}

void replace(std::string& text, char from, char to) {
  std::replace(text.begin(), text.end(), from, to);
}

} // namespace

std::string encode(std::string_view bytes, alphabet letters) {
  std::string text((bytes.size() + 2) / 3 * 4, '=');
  EVP_EncodeBlock(octets(text), octets(bytes), static_cast<int>(bytes.size()));
  if (letters == alphabet::url) {
    text.resize(text.size() - (3 - bytes.size() % 3) % 3);
    replace(text, '+', '-');
    replace(text, '/', '_');
  }
  return text;
}

result<std::string> decode(std::string_view text, alphabet letters) {
  std::string padded{text};
  if (letters == alphabet::url) {
    replace(padded, '-', '+');
    replace(padded, '_', '/');
    padded.append((4 - padded.size() % 4) % 4, '=');
  }
  std::string bytes(padded.size() / 4 * 3, '\0');
  if (EVP_DecodeBlock(octets(bytes), octets(padded), static_cast<int>(padded.size())) != static_cast<int>(bytes.size()))
    return errc::bad_request;
  auto padding = padded.size() - std::min(padded.size(), padded.find_last_not_of('=') + 1);
  bytes.resize(bytes.size() - std::min(padding, bytes.size()));
  // OpenSSL is lenient in several ways; whatever it let pass, only the canonical text comes out again.
  if (encode(bytes, letters) != text)
    return errc::bad_request;
  return bytes;
}

} // namespace stentor::base64
