#include "support/scripted.hpp"

namespace stentor {

reader_actor scripted_reader::spawn(caf::actor_system& system) {
  return play<reader_actor>(system, [this](reader_actor::pointer self) -> reader_actor::behavior_type {
    return {
      [=, this](const resolve_room& what) { return resolves.take(self, what); },
      [=, this](const load_room& what) { return loads.take(self, what); },
      [=, this](const read_history& what) { return reads.take(self, what); },
      [=, this](const store::claimed_identity& what) { return identities.take(self, what); },
      [=, this](const find_credentials& what) { return logins.take(self, what); },
      [=, this](const find_users& what) { return users.take(self, what); },
      [=, this](const search_users& what) { return searches.take(self, what); },
      [=, this](const find_acquaintances& what) { return acquaintances.take(self, what); },
      [=, this](const find_known& what) { return known.take(self, what); },
      [=, this](const find_members& what) { return members.take(self, what); },
      [=, this](const list_rooms& what) { return lists.take(self, what); },
      [=, this](const find_membership& what) { return memberships.take(self, what); },
      [=, this](const read_members& what) { return pages.take(self, what); },
      [=, this](const count_all& what) { return counts.take(self, what); },
    };
  });
}

persistence_actor scripted_persistence::spawn(caf::actor_system& system) {
  return play<persistence_actor>(system, [this](persistence_actor::pointer self) -> persistence_actor::behavior_type {
    return {
      [=, this](const append& what) { return appends.take(self, what); },
      [](const commit_waiting&) {},
      [=, this](const store::cursor& what) { return cursors.take(self, what); },
      [=, this](const store::new_room& what) { return rooms.take(self, what); },
      [=, this](const store::new_user& what) { return users.take(self, what); },
      [=, this](const store::new_account& what) { return accounts.take(self, what); },
      [=, this](const store::password_change& what) { return passwords.take(self, what); },
      [=, this](const store::state_change& what) { return states.take(self, what); },
      [=, this](const store::revocation& what) { return revocations.take(self, what); },
      [=, this](const try_store& what) { return tries.take(self, what); },
    };
  });
}

room_actor scripted_room::spawn(caf::actor_system& system) {
  return play<room_actor>(system, [this](room_actor::pointer self) -> room_actor::behavior_type {
    return {
      [=, this](const join& what) { return joins.take(self, what); },
      [this](const leave& what) { leaves.push_back(what); },
      [=, this](const submit& what) { return submits.take(self, what); },
      [=, this](const tell_hint& what) { return hints.take(self, what); },
      [](const typing_tick&) {},
      [=, this](const mark_read& what) { return marks.take(self, what); },
      [=, this](const list_members& what) { return lists.take(self, what); },
      [=, this](const fetch& what) { return fetches.take(self, what); },
      [=, this](const describe& what) { return describes.take(self, what); },
      [=, this](const await_idle& what) { return watches.take(self, what); },
      [](const idle_tick&) {},
      [=, this](const rest& what) { return rests.take(self, what); },
      [=, this](const drain& what) { return drains.take(self, what); },
    };
  });
}

directory_actor scripted_directory::spawn(caf::actor_system& system) {
  return play<directory_actor>(system, [this](directory_actor::pointer self) -> directory_actor::behavior_type {
    return {
      [=, this](const find_room& what) { return finds.take(self, what); },
      [=, this](const drain& what) { return drains.take(self, what); },
    };
  });
}

hasher_actor scripted_hasher::spawn(caf::actor_system& system) {
  return play<hasher_actor>(system, [this](hasher_actor::pointer self) -> hasher_actor::behavior_type {
    return {
      [=, this](const hash_password& what) { return hashes.take(self, what); },
      [=, this](const check_password& what) { return checks.take(self, what); },
    };
  });
}

presence_actor scripted_presence::spawn(caf::actor_system& system) {
  return play<presence_actor>(system, [this](presence_actor::pointer self) -> presence_actor::behavior_type {
    return {
      [this](const online& what) { came.push_back(what); },
      [this](const offline& what) { went.push_back(what); },
      [=, this](const ask_status& what) { return questions.take(self, what); },
      [=, this](const ask_online& what) { return lists.take(self, what); },
      [](const announce_changes&) {},
    };
  });
}

accounts_actor scripted_accounts::spawn(caf::actor_system& system) {
  return play<accounts_actor>(system, [this](accounts_actor::pointer self) -> accounts_actor::behavior_type {
    return {
      [=, this](const log_in& what) { return logins.take(self, what); },
      [=, this](const sign_up& what) { return registrations.take(self, what); },
    };
  });
}

registry_actor scripted_registry::spawn(caf::actor_system& system) {
  return play<registry_actor>(system, [this](registry_actor::pointer self) -> registry_actor::behavior_type {
    return {
      [=, this](const attach& what) { return arrivals.take(self, what); },
      [this](const detach& what) { departures.push_back(what); },
      [=, this](const renew& what) { return renewals.take(self, what); },
      [this](const expel& what) { expulsions.push_back(what); },
      [this](const pardon& what) { pardons.push_back(what); },
      [=, this](const count_action& what) { return counts.take(self, what); },
      [=, this](const drain& what) { return drains.take(self, what); },
    };
  });
}

network_actor scripted_network::spawn(caf::actor_system& system) {
  return play<network_actor>(system, [this](network_actor::pointer self) -> network_actor::behavior_type {
    return {
      [this](const deliver& what) { letters.push_back(what); },
      [this](const deliver_to& what) { personal.push_back(what); },
      [this](const disconnect& what) { farewells.push_back(what); },
      [=, this](const drain& what) { return drains.take(self, what); },
    };
  });
}

} // namespace stentor
