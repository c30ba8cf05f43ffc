#include "base/text_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

namespace stentor {

result<std::string> read_text_file(const std::string& path) {
  constexpr size_t largest = 1048576;
  auto file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  auto error = file < 0 ? errno : 0;
  std::string text;
  std::array<char, 4096> buffer;
  for (ssize_t count = 1; error == 0 && count > 0;) {
    count = read(file, buffer.data(), buffer.size());
    if (count < 0)
      error = errno;
    else if (text.append(buffer.data(), static_cast<size_t>(count)).size() > largest)
      error = EFBIG;
  }
  if (file >= 0)
    close(file);
  if (error != 0)
    return failure{errc::unavailable, path + ": " + std::generic_category().message(error)};
  return text;
}

} // namespace stentor
