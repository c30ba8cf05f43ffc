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
  inbox<store::claimed_identity, store::account> identities;
  inbox<find_credentials, store::credentials> logins;
  inbox<find_users, std::vector<user>> users;
  inbox<search_users, std::vector<user>> searches;
  inbox<find_acquaintances, user_lists> acquaintances;
  inbox<find_known, user_list> known;
  inbox<find_members, user_list> members;
  inbox<list_rooms, std::vector<store::membership>> lists;
  inbox<find_membership, store::membership> memberships;
  inbox<read_members, store::member_page> pages;
  inbox<count_all, store::totals> counts;

  reader_actor spawn(caf::actor_system& system) {
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
};

struct scripted_persistence {
  inbox<append, appended> appends;
  inbox<store::cursor, store::cursor> cursors;
  inbox<store::new_room, room_info> rooms;
  inbox<store::new_user, user> users;
  inbox<store::new_account, store::account> accounts;
  inbox<store::password_change, stored> passwords;
  inbox<store::state_change, stored> states;
  inbox<store::revocation, stored> revocations;
  inbox<try_store, bool> tries;

  persistence_actor spawn(caf::actor_system& system) {
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
};

struct scripted_room {
  inbox<join, joined> joins;
  std::vector<leave> leaves;
  inbox<submit, committed> submits;
  inbox<tell_hint, hinted> hints;
  inbox<mark_read, store::cursor> marks;
  inbox<list_members, store::member_page> lists;
  inbox<fetch, store::page> fetches;
  inbox<describe, description> describes;
  inbox<await_idle, idle> watches;
  inbox<rest, rested> rests;
  inbox<drain, drained> drains;

  room_actor spawn(caf::actor_system& system) {
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

struct scripted_hasher {
  inbox<hash_password, hashed_password> hashes;
  inbox<check_password, checked_password> checks;

  hasher_actor spawn(caf::actor_system& system) {
    return play<hasher_actor>(system, [this](hasher_actor::pointer self) -> hasher_actor::behavior_type {
      return {
        [=, this](const hash_password& what) { return hashes.take(self, what); },
        [=, this](const check_password& what) { return checks.take(self, what); },
      };
    });
  }
};

struct scripted_presence {
  std::vector<online> came;
  std::vector<offline> went;
  inbox<ask_status, statuses> questions;
  inbox<ask_online, user_list> lists;

  presence_actor spawn(caf::actor_system& system) {
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
};

struct scripted_accounts {
  inbox<log_in, store::account> logins;
  inbox<sign_up, store::account> registrations;

  accounts_actor spawn(caf::actor_system& system) {
    return play<accounts_actor>(system, [this](accounts_actor::pointer self) -> accounts_actor::behavior_type {
      return {
        [=, this](const log_in& what) { return logins.take(self, what); },
        [=, this](const sign_up& what) { return registrations.take(self, what); },
      };
    });
  }
};

/// Lets everyone in, with room for as much as they like, until a test says otherwise.
struct scripted_registry {
  inbox<attach, attached> arrivals;
  std::vector<detach> departures;
  inbox<renew, renewed> renewals;
  std::vector<expel> expulsions;
  std::vector<pardon> pardons;
  inbox<count_action, counted> counts;
  inbox<drain, drained> drains;

  scripted_registry() {
    arrivals.always = [this](const attach&) -> result<attached> { return attached{++devices_, std::make_shared<rate_cells>()}; };
    renewals.always = [](const renew&) -> result<renewed> { return renewed{}; };
    counts.always = [](const count_action&) -> result<counted> { return counted{}; };
  }
  registry_actor spawn(caf::actor_system& system) {
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

private:
  device_id devices_ = 0;
};

struct scripted_network {
  std::vector<deliver> letters;
  std::vector<deliver_to> personal;
  std::vector<disconnect> farewells;
  inbox<drain, drained> drains;

  network_actor spawn(caf::actor_system& system) {
    return play<network_actor>(system, [this](network_actor::pointer self) -> network_actor::behavior_type {
      return {
        [this](const deliver& what) { letters.push_back(what); },
        [this](const deliver_to& what) { personal.push_back(what); },
        [this](const disconnect& what) { farewells.push_back(what); },
        [=, this](const drain& what) { return drains.take(self, what); },
      };
    });
  }
};

} // namespace stentor
