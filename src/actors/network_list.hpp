#pragma once

#include "actors/protocol.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <map>
#include <memory>
#include <utility>
#include <vector>

namespace stentor {

/// The network actors, by thread; shared by all who hold them.
using network_list = std::shared_ptr<const std::vector<network_actor>>;

/// Sends one message to each thread that some of the connections live on. `make` gets those of one thread.
template <class Self, class Make>
void send_by_thread(Self* self, const network_list& networks, const std::vector<connection_id>& whom, Make make) {
  auto by_thread = std::map<uint32_t, std::vector<connection_id>>{};
  for (const auto& id : whom)
    by_thread[id.thread].push_back(id);
  for (auto& [thread, here] : by_thread)
    self->send(networks->at(thread), make(std::move(here)));
}

} // namespace stentor
