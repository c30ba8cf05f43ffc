#include "chat/room_key.hpp"

#include <algorithm>
#include <cctype>

namespace stentor {
namespace {

constexpr size_t key_bytes_max = 128;
constexpr std::string_view reserved[] = {"conversations", "unread-count", "start-conversation", "read", "read-all", "preferences", "me",
                                         "search",        "new"};

} // namespace

bool is_room_key(std::string_view text) {
  auto letter = [](unsigned char c) { return std::isalpha(c) != 0; };
  auto allowed = [](unsigned char c) { return std::isalnum(c) != 0 || c == '_' || c == ':' || c == '-'; };
  return !text.empty() && text.size() <= key_bytes_max && letter(static_cast<unsigned char>(text[0])) &&
         std::ranges::all_of(text, allowed) && !std::ranges::count(reserved, text);
}

} // namespace stentor
