#pragma once

#include "actors/protocol.hpp"
#include "actors/reader_pool.hpp"

namespace stentor {

/// Everything that chat's own floor is reached by.
struct chat_actors {
  directory_actor directory;
  persistence_actor persistence;
  reader_pool readers;
  registry_actor registry;
  presence_actor presence;
  accounts_actor accounts;
};

} // namespace stentor
