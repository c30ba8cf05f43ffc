#include "chat/typing.hpp"

#include <algorithm>

namespace stentor {

bool typing_book::start(const typist& one, steady_time now) {
  auto [at, is_new] = typing_.try_emplace(one.where, entry{one.who, now, now + timeout_});
  auto& known = at->second;
  known.until = now + timeout_;
  if (!is_new && now - known.told < timeout_)
    return false;
  known.told = now;
  return true;
}

std::optional<typist> typing_book::stop(connection_id where) {
  auto found = typing_.extract(where);
  return found ? std::optional(typist{found.mapped().who, where}) : std::nullopt;
}

std::vector<typist> typing_book::keep(const std::function<bool(user_id)>& may_type) {
  return take([&](const entry& x) { return !may_type(x.who->id); });
}

std::vector<typist> typing_book::expire(steady_time now) {
  return take([&](const entry& x) { return x.until <= now; });
}

std::optional<steady_time> typing_book::next() const {
  auto first = std::ranges::min_element(typing_, {}, [](const auto& x) { return x.second.until; });
  return first == typing_.end() ? std::nullopt : std::optional(first->second.until);
}

template <class Which>
std::vector<typist> typing_book::take(Which which) {
  std::vector<typist> gone;
  std::erase_if(typing_, [&](const auto& x) {
    auto goes = which(x.second);
    if (goes)
      gone.push_back({x.second.who, x.first});
    return goes;
  });
  return gone;
}

} // namespace stentor
