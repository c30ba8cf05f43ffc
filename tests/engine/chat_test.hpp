#pragma once

// Chat on a network that a test drives; rooms, directory and store are played by the test.

#include "engine/chat_broadcast.hpp"
#include "engine/chat_engine.hpp"
#include "support/network_test.hpp"
#include "support/scripted.hpp"

#include <map>

namespace stentor {

using texts = std::vector<std::string>;

struct ChatTest : NetworkTest {
  const room_id lobby{7}, attic{8};
  user_ptr ada = std::make_shared<const user>(user{{1}, "Ada", "ada@example.org", "https://img.example/ada.png"});
  user_ptr bob = std::make_shared<const user>(user{{2}, "Bob", "", ""});

  scripted_reader reader;
  scripted_persistence disk;
  scripted_directory directory;
  std::map<room_id, scripted_room> rooms;
  std::map<room_id, found_room> found;
  scripted_registry registry;
  scripted_presence presence;
  scripted_accounts accounts;
  std::map<std::string, std::string, std::less<>> tokens{{"ada's", R"({"iss":"stentor","sub":1})"},
                                                         {"bob's", R"({"iss":"stentor","sub":2})"}};

  chat_engine engine{
    net,
    {.directory = mortal(directory.spawn(system)),
     .persistence = mortal(disk.spawn(system)),
     .readers = reader_pool{{mortal(reader.spawn(system))}},
     .registry = mortal(registry.spawn(system)),
     .presence = mortal(presence.spawn(system)),
     .accounts = mortal(accounts.spawn(system))},
    {.verify = [this](std::string_view token) { return believe(token); }, .sign = [](json claims) { return claims.dump(); }}};

  ChatTest() {
    open_room(lobby, "");
    open_room(attic, "attic");
    reader.identities.always = [this](const store::claimed_identity& who) -> result<store::account> {
      return store::account{who.id == ada->id ? *ada : *bob, "authenticated"};
    };
    directory.finds.always = [this](const find_room& what) { return look_up(what.room); };
    net.serve(engine, {&net});
    settle();
  }

  result<believed_token> believe(std::string_view token) {
    auto claims = tokens.find(token);
    if (claims == tokens.end())
      return failure{errc::invalid_token, "expired"};
    return believed_token{json::parse(claims->second), "print of " + std::string{token}, wall_now() + std::chrono::hours{1}};
  }
  void open_room(room_id id, std::string key) { found[id] = {{id, std::move(key), room_kind::channel}, mortal(rooms[id].spawn(system))}; }
  result<found_room> look_up(const room_ref& room) {
    for (const auto& [id, x] : found)
      if (room == room_ref{id} || (!x.room.key.empty() && room == room_ref{x.room.key}))
        return x;
    return failure{errc::not_found, "Room not found"};
  }
  /// From now on, the directory's answers wait for the test.
  void hold_directory() { directory.finds.always = nullptr; }
  void release_directory(room_id room) {
    directory.finds.answer(found[room]);
    settle();
  }

  /// A client whose CONNECT was let in and greeted.
  wire& guest(const std::string& token) {
    auto& client = greeted();
    EXPECT_EQ(say(client, R"(40{"token":")" + token + R"("})").size(), 2u);
    return client;
  }
  texts emit(wire& client, const std::string& event, const std::string& payload, std::string ack = "") {
    return say(client, "42" + ack + R"([")" + event + R"(",)" + payload + "]");
  }

  // What rooms do.
  event_ptr message(room_id room, seqno seq, user_ptr author, std::string content, std::string key = "") {
    return std::make_shared<const event>(
      event{room, seq, wall_time{}, message_posted{{100 + seq}, std::move(author), std::move(content), std::move(key), {}}});
  }
  texts admit(wire& client, room_id room, seqno seq = 5, std::vector<event_ptr> missed = {}, bool has_more = false) {
    rooms[room].joins.answer(joined{found[room].room, seq, std::move(missed), has_more, 1});
    settle();
    return client.hear();
  }
  texts commit(wire& client, room_id room, const event_ptr& what) {
    rooms[room].submits.answer(committed{found[room].room, what});
    settle();
    return client.hear();
  }
  texts refuse_submit(wire& client, room_id room, failure why) {
    rooms[room].submits.answer(std::move(why));
    settle();
    return client.hear();
  }
  /// A room tells this thread.
  void tell(room_id room, const event_ptr& what) {
    caf::anon_send(net.handle(), deliver{room_index_key(room), {std::make_shared<const chat_broadcast>(found[room].room, what)}});
  }
  texts told(wire& client, room_id room, seqno seq) {
    tell(room, message(room, seq, bob, "hi"));
    settle();
    return client.hear();
  }
  /// How many of `heard` are this event.
  static size_t count(const texts& heard, std::string_view event) {
    return static_cast<size_t>(
      std::ranges::count_if(heard, [&](const auto& x) { return x.find("[\"" + std::string{event} + '"') != std::string::npos; }));
  }
};

} // namespace stentor
