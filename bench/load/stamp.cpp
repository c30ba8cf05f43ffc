#include "stamp.hpp"

#include <fmt/format.h>

namespace stentor::load {

std::string stamp::content(size_t bytes) const {
  auto text = fmt::format("#{:010}@{:019}#", seq, std::chrono::nanoseconds{sent_at.time_since_epoch()}.count());
  text.resize(bytes, 'x');
  return text;
}

} // namespace stentor::load
