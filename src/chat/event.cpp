#include "base/overloaded.hpp"
#include "chat/types.hpp"

namespace stentor {
namespace {

departure if_banned(user_id who, member_role role) {
  return role == member_role::banned ? departure{who} : departure{};
}

} // namespace

std::optional<message_id> message_of(const event& what) {
  using about = std::optional<message_id>;
  return std::visit(overloaded{
                      [](const message_posted& x) -> about { return x.id; },
                      [](const message_edited& x) -> about { return x.id; },
                      [](const message_deleted& x) -> about { return x.id; },
                      [](const reaction_added& x) -> about { return x.message; },
                      [](const reaction_removed& x) -> about { return x.message; },
                      [](const auto&) -> about { return {}; },
                    },
                    what.what);
}

departure departure_of(const event& what) {
  return std::visit(overloaded{
                      [](const member_removed& x) -> departure { return x.who; },
                      [](const member_added& x) { return if_banned(x.who, x.role); },
                      [](const role_changed& x) { return if_banned(x.who, x.role); },
                      [](const room_deleted&) -> departure { return everyone{}; },
                      [](const auto&) -> departure { return {}; },
                    },
                    what.what);
}

} // namespace stentor
