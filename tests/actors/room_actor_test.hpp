#pragma once

// A room whose disk, reader and networks are played by the test.

#include "actors/room_actor.hpp"

#include "actors/host.hpp"
#include "support/scripted.hpp"

#include <numeric>

namespace stentor {

inline constexpr auto lobby = room_id{7};

inline user_ptr person(uint64_t id) {
  return std::make_shared<const user>(user{.id = {id}, .name = "user " + std::to_string(id), .email = {}, .image = {}});
}
inline const auto ada = person(1), bob = person(2), muted = person(3), banned = person(4), stranger = person(5);

/// An event as networks are told it: its seq; a hint: who types, + or -.
struct note final : broadcast {
  explicit note(std::string s) : text(std::move(s)) {}
  spoken_event say(variant_id) const override { return {text, {}}; }
  std::string text;
};

inline subscriber connection(uint32_t thread, uint32_t slot = 0, variant_id variant = 0) {
  return {{thread, slot, 0}, variant};
}

inline event_ptr said(seqno seq) {
  return std::make_shared<const event>(event{lobby, seq, wall_time{}, message_posted{{100 + seq}, ada, "stored", {}, {}}});
}

inline std::vector<seqno> seqs(const std::vector<event_ptr>& events) {
  std::vector<seqno> all;
  for (const auto& x : events)
    all.push_back(x->seq);
  return all;
}

inline std::vector<seqno> numbers(seqno first, seqno last) {
  std::vector<seqno> all(last - first + 1);
  std::iota(all.begin(), all.end(), first);
  return all;
}

struct RoomActorTest : ActorTest {
  scripted_persistence disk;
  scripted_reader reader;
  scripted_network near, far;
  seqno stored = 0; ///< the last seq on disk
  size_t missed_bytes_max = 1 << 20;

  persistence_actor persistence = disk.spawn(system);
  reader_actor history = reader.spawn(system);
  network_actor near_network = near.spawn(system), far_network = far.spawn(system);
  room_actor room;

  RoomActorTest() {
    mortal(persistence), mortal(history), mortal(near_network), mortal(far_network);
    open_room();
  }

  /// A room that has lived `last_seq` operations long and keeps the last three in mind.
  void open_room(seqno last_seq = 0, room_visibility visibility = room_visibility::open, size_t missed_max = 5) {
    stored = last_seq;
    auto image = store::room_image{
      {.id = lobby,
       .key = "lobby",
       .name = "Lobby",
       .topic = {},
       .kind = room_kind::channel,
       .visibility = visibility,
       .last_seq = last_seq,
       .created_at = {}},
      {{ada->id, member_role::owner}, {bob->id, member_role::member}, {muted->id, member_role::muted}, {banned->id, member_role::banned}}};
    auto policy = room_policy{.room = {.message_bytes_max = 1000, .tail_operations_max = 3, .tail_bytes_max = 1 << 20},
                              .pending_max = 4,
                              .missed_max = missed_max,
                              .missed_bytes_max = missed_bytes_max,
                              .idle_time = std::chrono::minutes{1}};
    auto announce =
      announcer{.event = [](const room_label&, const event_ptr& what) { return std::make_shared<note>(std::to_string(what->seq)); },
                .hint =
                  [](const room_label&, const hint_ptr& what) {
                    return std::make_shared<note>((std::holds_alternative<typing_started>(what->what) ? "+" : "-") + what->who->name);
                  }};
    room = mortal(
      spawn<room_host>(system, std::make_shared<const store::room_image>(image), persistence, reader_pool{{history}}, announce, policy));
    settle();
  }

  // What people ask.
  reply<committed> say(std::string text, user_ptr who = ada, std::string key = "") {
    auto answer = ask(room, submit{std::move(who), post_message{std::move(text), std::move(key), {}}});
    settle();
    return answer;
  }
  reply<joined> hear(subscriber who, std::optional<seqno> after = {}, user_ptr in_the_name_of = ada) {
    auto answer = ask(room, join{who, who.connection.thread == 0 ? near_network : far_network, in_the_name_of->id, after});
    settle();
    return answer;
  }
  void go(subscriber who) {
    tell(room, leave{who});
    settle();
  }
  reply<drained> end() {
    auto answer = ask(room, drain{});
    settle();
    return answer;
  }

  // What the disk does.
  store::outcome store_entry(const store::entry& what) {
    auto made = event{lobby, ++stored, wall_time{}, {}};
    if (auto* post = std::get_if<post_message>(&what.what))
      made.what = message_posted{{100 + stored}, what.author, post->content, post->client_message_id, post->reply_to};
    else
      made.what = member_added{std::get<add_member>(what.what).who, member_role::member};
    return {std::make_shared<const event>(made), true};
  }
  /// The oldest append that waits reaches the disk.
  void commit() {
    ASSERT_GT(disk.appends.waiting(), 0u);
    auto done = appended{};
    for (const auto& x : disk.appends.seen[disk.appends.seen.size() - disk.appends.waiting()].batch.entries)
      done.outcomes.push_back(store_entry(x));
    disk.appends.answer(done);
    settle();
  }
  void commit(std::vector<store::outcome> outcomes) {
    disk.appends.answer(appended{std::move(outcomes)});
    settle();
  }
  void commit_messages(size_t count) {
    for (size_t i = 0; i < count; ++i) {
      say("more");
      commit();
    }
  }
  /// The reader answers with what was stored from `first` to `last`.
  void read(seqno first, seqno last, bool has_more = false) {
    auto page = store::page{{}, has_more};
    for (auto seq = first; seq <= last; ++seq)
      page.events.push_back(said(seq));
    reader.reads.answer(page);
    settle();
  }
  std::vector<std::string> texts(const append& what) {
    std::vector<std::string> all;
    for (const auto& x : what.batch.entries)
      all.push_back(std::get<post_message>(x.what).content);
    return all;
  }
  // What passes.
  reply<hinted> type(subscriber who, user_ptr in_the_name_of, decltype(hint::what) what = typing_started{}) {
    auto answer = ask(room, tell_hint{std::move(in_the_name_of), who.connection, what});
    settle();
    return answer;
  }
  void time_passes(std::chrono::milliseconds time) {
    scheduler.clock().advance_time(time);
    settle();
  }
  /// Everything that a network was told since the last time.
  std::vector<std::string> heard(scripted_network& who) {
    std::vector<std::string> all;
    for (const auto& letter : std::exchange(who.letters, {}))
      for (const auto& what : letter.what)
        all.push_back(what->say(0).event);
    return all;
  }
  reply<committed> does(const user_ptr& who, operation what) {
    auto answer = ask(room, submit{who, std::move(what)});
    settle();
    return answer;
  }
  /// The disk stores the one operation that waits as `what`.
  void happens(happening what, const user_ptr& by = ada) {
    commit({{std::make_shared<const event>(event{lobby, ++stored, wall_time{}, std::move(what), by->id}), true}});
  }
  /// Every event that a network was told, in order.
  std::vector<seqno> told(const scripted_network& who) {
    std::vector<seqno> all;
    for (const auto& letter : who.letters)
      for (const auto& what : letter.what)
        all.push_back(std::stoull(what->say(0).event));
    return all;
  }
};

} // namespace stentor
