#include "chat/login_guard.hpp"

#include <algorithm>
#include <cctype>

namespace stentor {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr unsigned free_tries = 3;
constexpr auto first_delay = seconds{4};
constexpr auto longest_delay = seconds{900};
constexpr size_t entries_max = 100'000;

seconds delay_after(unsigned tries) {
  auto doublings = tries < free_tries ? 0 : std::min(tries - free_tries, 10U);
  return tries < free_tries ? seconds{0} : std::min(first_delay * (1 << doublings), longest_delay);
}

std::string lowered(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

std::string home_of(const std::string& account, const std::string& address) {
  return lowered(account) + '\n' + address;
}

} // namespace

std::string login_guard::key(const std::string& account, const std::string& address) const {
  auto home = home_of(account, address);
  return homes_.contains(home) ? home : lowered(account);
}

milliseconds login_guard::admit(const std::string& account, const std::string& address, steady_time now) {
  if (tries_.size() >= entries_max)
    sweep(now);
  auto& so_far = tries_[key(account, address)];
  if (now < so_far.next)
    return std::chrono::ceil<milliseconds>(so_far.next - now);
  if (now > so_far.next + longest_delay)
    so_far.count = 0;
  so_far.next = now + delay_after(++so_far.count);
  return milliseconds{0};
}

void login_guard::succeeded(const std::string& account, const std::string& address) {
  tries_.erase(key(account, address));
  if (homes_.size() >= entries_max)
    homes_.clear();
  homes_.insert(home_of(account, address));
}

/// Forgets what has lapsed; if that is not enough, those who have hardly tried.
void login_guard::sweep(steady_time now) {
  std::erase_if(tries_, [now](const auto& x) { return now > x.second.next + longest_delay; });
  if (tries_.size() >= entries_max / 2)
    std::erase_if(tries_, [](const auto& x) { return x.second.count < free_tries; });
  if (tries_.size() >= entries_max)
    tries_.clear();
}

} // namespace stentor
