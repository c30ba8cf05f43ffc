#include "chat_test.hpp"

namespace stentor {

ChatTest::ChatTest()
  : engine{net,
           {.directory = mortal(directory.spawn(system)),
            .persistence = mortal(disk.spawn(system)),
            .readers = reader_pool{{mortal(reader.spawn(system))}},
            .registry = mortal(registry.spawn(system)),
            .presence = mortal(presence.spawn(system)),
            .accounts = mortal(accounts.spawn(system))},
           {.verify = [this](std::string_view token) { return believe(token); }, .sign = [](json claims) { return claims.dump(); }}} {
  open_room(lobby, "");
  open_room(attic, "attic");
  reader.identities.always = [this](const store::claimed_identity& who) -> result<store::account> {
    return store::account{who.id == ada->id ? *ada : *bob, "authenticated"};
  };
  directory.finds.always = [this](const find_room& what) { return look_up(what.room); };
  net.serve(engine, {&net});
  settle();
}

ChatTest::~ChatTest() = default;

result<believed_token> ChatTest::believe(std::string_view token) {
  auto claims = tokens.find(token);
  if (claims == tokens.end())
    return failure{errc::invalid_token, "expired"};
  return believed_token{json::parse(claims->second), "print of " + std::string{token}, wall_now() + std::chrono::hours{1}};
}

void ChatTest::open_room(room_id id, std::string key) {
  found[id] = {{id, std::move(key), room_kind::channel}, mortal(rooms[id].spawn(system))};
}

result<found_room> ChatTest::look_up(const room_ref& room) {
  for (const auto& [id, x] : found)
    if (room == room_ref{id} || (!x.room.key.empty() && room == room_ref{x.room.key}))
      return x;
  return failure{errc::not_found, "Room not found"};
}

void ChatTest::release_directory(room_id room) {
  directory.finds.answer(found[room]);
  settle();
}

wire& ChatTest::guest(const std::string& token) {
  auto& client = greeted();
  EXPECT_EQ(say(client, R"(40{"token":")" + token + R"("})").size(), 2u);
  return client;
}

texts ChatTest::emit(wire& client, const std::string& event, const std::string& payload, std::string ack) {
  return say(client, "42" + ack + R"([")" + event + R"(",)" + payload + "]");
}

event_ptr ChatTest::message(room_id room, seqno seq, user_ptr author, std::string content, std::string key) {
  return std::make_shared<const event>(
    event{room, seq, wall_time{}, message_posted{{100 + seq}, std::move(author), std::move(content), std::move(key), {}}});
}

texts ChatTest::admit(wire& client, room_id room, seqno seq, std::vector<event_ptr> missed, bool has_more) {
  rooms[room].joins.answer(joined{found[room].room, seq, std::move(missed), has_more, 1});
  return hear(client);
}

texts ChatTest::refuse_join(wire& client, room_id room, failure why) {
  rooms[room].joins.answer(std::move(why));
  return hear(client);
}

texts ChatTest::commit(wire& client, room_id room, const event_ptr& what) {
  rooms[room].submits.answer(committed{found[room].room, what});
  return hear(client);
}

texts ChatTest::refuse_submit(wire& client, room_id room, failure why) {
  rooms[room].submits.answer(std::move(why));
  return hear(client);
}

void ChatTest::tell(room_id room, const event_ptr& what) {
  caf::anon_send(net.handle(), deliver{room_index_key(room), {std::make_shared<const chat_broadcast>(found[room].room, what)}});
}

texts ChatTest::told(wire& client, room_id room, seqno seq) {
  tell(room, message(room, seq, bob, "hi"));
  return hear(client);
}

size_t ChatTest::count(const texts& heard, std::string_view event) {
  return static_cast<size_t>(
    std::ranges::count_if(heard, [&](const auto& x) { return x.find("[\"" + std::string{event} + '"') != std::string::npos; }));
}

void ChatSocketTest::enter_lobby() {
  EXPECT_EQ(emit(client, "join_channel", R"({"channelId":7})"), texts{});
  EXPECT_EQ(count(admit(client, lobby), "joined_channel"), 1u);
}

} // namespace stentor
