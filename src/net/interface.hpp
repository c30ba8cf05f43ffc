#pragma once

// What others may send to the network: the interface of its actors and their messages.

#include "base/broadcast.hpp"
#include "base/ids.hpp"

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/fwd.hpp>
#include <caf/replies_to.hpp>
#include <caf/type_id.hpp>
#include <caf/typed_actor.hpp>

#include <optional>
#include <string>
#include <vector>

namespace stentor {

/// Names a room in a thread's index.
using room_key = std::string;

/// Who misses what is told: nobody; who does not keep up; who cannot take it at once.
enum class lane : uint8_t { kept, hint, volatile_ };

/// Tell every local member of a room all of `what`, in order.
struct deliver {
  room_key room;
  std::vector<broadcast_ptr> what;
  lane how = lane::kept;
  std::optional<connection_id> except = {}; ///< a member who is not told
};
/// Tell single connections of this thread, if they still live.
struct deliver_to {
  std::vector<connection_id> whom;
  broadcast_ptr what;
};
/// Their sockets leave their namespaces, then the connections close.
struct disconnect {
  std::vector<connection_id> whom;
};
/// Stop accepting, take in nothing more, answer what is in flight, tell the clients, close.
struct drain {};
struct drained {};

/// NETWORK: owns the sockets of one I/O thread.
using network_actor = caf::typed_actor<
  // Encode once per variant and put into the outbox of every local member.
  caf::reacts_to<deliver>,
  // Encode once, and put into the outboxes of these.
  caf::reacts_to<deliver_to>,
  // Close these.
  caf::reacts_to<disconnect>,
  // Answers when the last connection of this thread is gone, or at its deadline.
  caf::replies_to<drain>::with<drained>>;

/// CONNECTION: one Engine.IO connection; asks rooms in its user's name. Nobody sends to it but those it asked.
using connection_actor = caf::typed_actor<
  // Close this connection because its process ends.
  caf::reacts_to<drain>>;

} // namespace stentor

CAF_BEGIN_TYPE_ID_BLOCK(stentor_net, caf::first_custom_type_id)
CAF_ADD_TYPE_ID(stentor_net, (stentor::deliver))
CAF_ADD_TYPE_ID(stentor_net, (stentor::deliver_to))
CAF_ADD_TYPE_ID(stentor_net, (stentor::disconnect))
CAF_ADD_TYPE_ID(stentor_net, (stentor::drain))
CAF_ADD_TYPE_ID(stentor_net, (stentor::drained))
CAF_ADD_TYPE_ID(stentor_net, (stentor::network_actor))
CAF_ADD_TYPE_ID(stentor_net, (stentor::connection_actor))
CAF_END_TYPE_ID_BLOCK(stentor_net)

// Process-local messages: they hold pointers and never leave the node.
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stentor::deliver)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stentor::deliver_to)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stentor::disconnect)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stentor::drain)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stentor::drained)
