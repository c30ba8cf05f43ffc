#pragma once

// The chat actors as a test plays them: each keeps what it is asked until the test answers.

#include "actors/protocol.hpp"
#include "support/actors.hpp"

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

  reader_actor spawn(caf::actor_system& system);
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

  persistence_actor spawn(caf::actor_system& system);
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

  room_actor spawn(caf::actor_system& system);
};

struct scripted_directory {
  inbox<find_room, found_room> finds;
  inbox<drain, drained> drains;

  directory_actor spawn(caf::actor_system& system);
};

struct scripted_hasher {
  inbox<hash_password, hashed_password> hashes;
  inbox<check_password, checked_password> checks;

  hasher_actor spawn(caf::actor_system& system);
};

struct scripted_presence {
  std::vector<online> came;
  std::vector<offline> went;
  inbox<ask_status, statuses> questions;
  inbox<ask_online, user_list> lists;

  presence_actor spawn(caf::actor_system& system);
};

struct scripted_accounts {
  inbox<log_in, store::account> logins;
  inbox<sign_up, store::account> registrations;

  accounts_actor spawn(caf::actor_system& system);
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
  registry_actor spawn(caf::actor_system& system);

private:
  device_id devices_ = 0;
};

struct scripted_network {
  std::vector<deliver> letters;
  std::vector<deliver_to> personal;
  std::vector<disconnect> farewells;
  inbox<drain, drained> drains;

  network_actor spawn(caf::actor_system& system);
};

} // namespace stentor
