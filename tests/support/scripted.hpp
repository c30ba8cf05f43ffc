#pragma once

// The chat actors as a test plays them: each keeps what it is asked until the test answers.

#include "actors/protocol.hpp"
#include "support/actors.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <string>
#include <vector>

namespace stentor {

struct scripted_reader {
  inbox<resolve_room, room_id> resolves;
  inbox<load_room, store::room_image_ptr> loads;
  inbox<read_history, store::page> reads;
  inbox<find_user, user> finds;
  inbox<list_rooms, std::vector<room_info>> lists;
  inbox<count_all, store::totals> counts;

  reader_actor spawn(caf::actor_system& system) {
    return play<reader_actor>(system, [this](reader_actor::pointer self) -> reader_actor::behavior_type {
      return {
        [=, this](const resolve_room& what) { return resolves.take(self, what); },
        [=, this](const load_room& what) { return loads.take(self, what); },
        [=, this](const read_history& what) { return reads.take(self, what); },
        [=, this](const find_user& what) { return finds.take(self, what); },
        [=, this](const list_rooms& what) { return lists.take(self, what); },
        [=, this](const count_all& what) { return counts.take(self, what); },
      };
    });
  }
};

struct scripted_persistence {
  inbox<append, appended> appends;
  inbox<store::new_room, room_info> rooms;
  inbox<store::new_user, user> users;
  inbox<try_store, bool> tries;

  persistence_actor spawn(caf::actor_system& system) {
    return play<persistence_actor>(system, [this](persistence_actor::pointer self) -> persistence_actor::behavior_type {
      return {
        [=, this](const append& what) { return appends.take(self, what); },
        [](const commit_waiting&) {},
        [=, this](const store::new_room& what) { return rooms.take(self, what); },
        [=, this](const store::new_user& what) { return users.take(self, what); },
        [=, this](const try_store& what) { return tries.take(self, what); },
      };
    });
  }
};

struct scripted_room {
  inbox<join, joined> joins;
  std::vector<leave> leaves;
  inbox<submit, committed> submits;
  inbox<fetch, store::page> fetches;
  inbox<describe, description> describes;
  inbox<drain, drained> drains;

  room_actor spawn(caf::actor_system& system) {
    return play<room_actor>(system, [this](room_actor::pointer self) -> room_actor::behavior_type {
      return {
        [=, this](const join& what) { return joins.take(self, what); },
        [this](const leave& what) { leaves.push_back(what); },
        [=, this](const submit& what) { return submits.take(self, what); },
        [=, this](const fetch& what) { return fetches.take(self, what); },
        [=, this](const describe& what) { return describes.take(self, what); },
        [=, this](const drain& what) { return drains.take(self, what); },
      };
    });
  }
};

struct scripted_directory {
  inbox<find_room, found_room> finds;
  inbox<drain, drained> drains;

  directory_actor spawn(caf::actor_system& system) {
    return play<directory_actor>(system, [this](directory_actor::pointer self) -> directory_actor::behavior_type {
      return {
        [=, this](const find_room& what) { return finds.take(self, what); },
        [=, this](const drain& what) { return drains.take(self, what); },
      };
    });
  }
};

struct scripted_network {
  std::vector<deliver> letters;
  inbox<drain, drained> drains;

  network_actor spawn(caf::actor_system& system) {
    return play<network_actor>(system, [this](network_actor::pointer self) -> network_actor::behavior_type {
      return {
        [this](const deliver& what) { letters.push_back(what); },
        [=, this](const drain& what) { return drains.take(self, what); },
      };
    });
  }
};

} // namespace stentor
