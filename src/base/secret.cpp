#include "base/secret.hpp"

#include "base/text_file.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <system_error>

namespace stentor {
namespace {

namespace fs = std::filesystem;

constexpr size_t shortest = 16, recommended = 32;

failure about_file(const fs::path& file, int error) {
  return {errc::unavailable, fmt::format("{}: {}", file.string(), std::generic_category().message(error))};
}

/// 64 letters of base64: 384 bits from the kernel.
result<std::string> random_secret() {
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::array<unsigned char, 64> bytes;
  if (getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size()))
    return failure{errc::unavailable, "the system has no random bytes for auth.secret"};
  std::string text;
  for (auto byte : bytes)
    text += alphabet[byte & 63];
  return text;
}

/// Gives 0 or an errno. An existing file stays: two processes that start together end up with the same secret.
int create_file(const fs::path& file, const std::string& text) {
  auto draft = file.string() + ".XXXXXX";
  auto fd = mkostemp(draft.data(), O_CLOEXEC); // mode 0600
  if (fd < 0)
    return errno;
  errno = ENOSPC; // of a short write
  auto written = write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && fsync(fd) == 0;
  auto error = written && (link(draft.c_str(), file.c_str()) == 0 || errno == EEXIST) ? 0 : errno;
  close(fd);
  unlink(draft.c_str());
  return error;
}

bool readable_by_others(const fs::path& file) {
  struct stat info;
  return stat(file.c_str(), &info) == 0 && (info.st_mode & 077) != 0;
}

result<token_secret> generated(const settings& of) {
  fs::path file = fs::path(database_url(of).substr(std::string_view("sqlite://").size())).parent_path() / "jwt_secret";
  std::error_code ec;
  if (!fs::exists(file, ec)) {
    auto fresh = random_secret();
    if (!fresh)
      return fresh.error();
    fs::create_directories(file.parent_path(), ec);
    if (auto error = ec ? ec.value() : create_file(file, *fresh + "\n"))
      return about_file(file, error);
  }
  auto text = read_text_file(file);
  if (!text)
    return text.error();
  text->erase(text->find_last_not_of(" \r\n") + 1);
  if (text->size() < shortest)
    return failure{errc::bad_request, fmt::format("{}: shorter than {} bytes; remove it to have a new one made", file.string(), shortest)};
  token_secret secret{*text, fmt::format("auth.secret is not set: tokens are signed with the generated secret in {}", file.string()), ""};
  if (readable_by_others(file))
    secret.warning = fmt::format("{} can be read by other users of this machine: chmod 600", file.string());
  return secret;
}

} // namespace

result<token_secret> check_secret(const settings& of) {
  const auto& value = of.auth.secret;
  auto found = value.empty()                ? "nothing"
               : value == sample_secret     ? "the sample one, which everybody knows"
               : value.size() < shortest    ? "fewer than 16 bytes"
               : value.size() < recommended ? "fewer than the recommended 32 bytes"
                                            : "";
  auto acceptable = value.size() >= shortest && value != sample_secret;
  if (of.server.production() && !acceptable)
    return refuse("server.mode production", "auth.secret", found, "16 bytes or more, best 32 random ones in JWT_SECRET");
  token_secret secret{value, "", ""};
  if (!value.empty() && *found != '\0')
    secret.warning = fmt::format("auth.secret: found {}", found);
  return secret;
}

result<token_secret> load_secret(const settings& of) {
  auto checked = check_secret(of);
  return checked && checked->value.empty() ? generated(of) : checked;
}

} // namespace stentor
