#pragma once

#include "chat/types.hpp"

#include <unordered_map>
#include <vector>

namespace stentor {

class chat_socket;

/// The sockets of one network thread, by their users. Not thread-safe; owned by the thread.
class local_users {
public:
  void enter(user_id who, chat_socket& socket) { sockets_[who].push_back(&socket); }
  void leave(user_id who, chat_socket& socket);

  /// Takes those out of the event's room whom it sends away.
  void send_away(const event& what) const;

private:
  std::unordered_map<user_id, std::vector<chat_socket*>> sockets_;
};

} // namespace stentor
