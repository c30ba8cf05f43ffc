#include "engine/local_users.hpp"

#include "base/overloaded.hpp"
#include "engine/chat_socket.hpp"

namespace stentor {

void local_users::leave(user_id who, chat_socket& socket) {
  auto found = sockets_.find(who);
  if (found == sockets_.end())
    return;
  std::erase(found->second, &socket);
  if (found->second.empty())
    sockets_.erase(found);
}

void local_users::send_away(const event& what) const {
  std::visit(overloaded{
               [](std::monostate) {},
               [&](user_id who) {
                 if (auto found = sockets_.find(who); found != sockets_.end())
                   for (auto* socket : found->second)
                     socket->go_from(what.room);
               },
               [&](everyone) {
                 for (const auto& [who, all] : sockets_)
                   for (auto* socket : all)
                     socket->go_from(what.room);
               },
             },
             departure_of(what));
}

} // namespace stentor
