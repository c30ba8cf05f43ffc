#include "actors/room_actor.hpp"

#include "actors/host.hpp"
#include "support/scripted.hpp"

#include <numeric>

namespace stentor {
namespace {

constexpr auto lobby = room_id{7};

user_ptr person(uint64_t id) {
  return std::make_shared<const user>(user{.id = {id}, .name = "user " + std::to_string(id), .email = {}, .image = {}});
}
const auto ada = person(1), bob = person(2), muted = person(3), banned = person(4), stranger = person(5);

/// An event as networks are told it: its seq; a hint: who types, + or -.
struct note final : broadcast {
  explicit note(std::string s) : text(std::move(s)) {}
  encoded_packet encode(variant_id) const override { return {text, {}}; }
  std::string text;
};

subscriber connection(uint32_t thread, uint32_t slot = 0, variant_id variant = 0) {
  return {{thread, slot, 0}, variant};
}

event_ptr said(seqno seq) {
  return std::make_shared<const event>(event{lobby, seq, wall_time{}, message_posted{{100 + seq}, ada, "stored", {}, {}}});
}

std::vector<seqno> seqs(const std::vector<event_ptr>& events) {
  std::vector<seqno> all;
  for (const auto& x : events)
    all.push_back(x->seq);
  return all;
}

std::vector<seqno> numbers(seqno first, seqno last) {
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
        all.push_back(what->encode(0).text);
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
        all.push_back(std::stoull(what->encode(0).text));
    return all;
  }
};

// -- commit, answer, fan out --------------------------------------------------

TEST_F(RoomActorTest, CommitsBeforeItAnswersAndDelivers) {
  hear(connection(0));
  auto answer = say("hello");
  ASSERT_EQ(disk.appends.waiting(), 1u);
  EXPECT_EQ(disk.appends.seen[0].batch.room, lobby);
  EXPECT_EQ(texts(disk.appends.seen[0]), std::vector<std::string>{"hello"});
  EXPECT_TRUE(answer.pending()) << "answered before its commit";
  EXPECT_TRUE(near.letters.empty()) << "delivered before its commit";
  commit();
  EXPECT_EQ(answer.value().what->seq, 1u);
  EXPECT_EQ(answer.value().room.id, lobby);
  EXPECT_EQ(answer.value().room.key, "lobby");
  EXPECT_EQ(std::get<message_posted>(answer.value().what->what).content, "hello");
  EXPECT_EQ(told(near), std::vector<seqno>{1});
  EXPECT_EQ(near.letters[0].room, room_index_key(lobby));
}

TEST_F(RoomActorTest, WhatArrivesDuringACommitIsTheNextAppend) {
  hear(connection(0));
  auto one = say("a"), two = say("b"), three = say("c", bob);
  ASSERT_EQ(disk.appends.seen.size(), 1u) << "one append is in flight at a time";
  commit();
  EXPECT_FALSE(one.pending());
  EXPECT_TRUE(two.pending());
  ASSERT_EQ(disk.appends.seen.size(), 2u);
  EXPECT_EQ(texts(disk.appends.seen[1]), (std::vector<std::string>{"b", "c"}));
  EXPECT_EQ(disk.appends.seen[1].batch.entries[1].author, bob);
  commit();
  EXPECT_EQ(two.value().what->seq, 2u);
  EXPECT_EQ(three.value().what->seq, 3u);
  EXPECT_EQ(told(near), numbers(1, 3));
  EXPECT_EQ(disk.appends.seen.size(), 2u) << "nothing is appended for nothing";
}

TEST_F(RoomActorTest, AFailedCommitIsAnsweredToAllWhoWaitForIt) {
  hear(connection(0));
  auto zero = say("zero"), one = say("a"), two = say("b", bob);
  commit();
  commit({{errc::unavailable}, {errc::unavailable}});
  EXPECT_EQ(zero.value().what->seq, 1u);
  EXPECT_EQ(one.code(), errc::unavailable);
  EXPECT_EQ(two.code(), errc::unavailable);
  EXPECT_EQ(told(near), std::vector<seqno>{1}) << "what is not stored is heard by nobody";
}

TEST_F(RoomActorTest, ARoomHealsAfterAFailedCommit) {
  hear(connection(0));
  auto lost = say("lost");
  auto next = say("next");
  commit({{errc::unavailable}});
  EXPECT_EQ(lost.code(), errc::unavailable);
  ASSERT_EQ(disk.appends.waiting(), 1u) << "what waited behind is tried";
  commit();
  EXPECT_EQ(next.value().what->seq, 1u) << "a failed commit takes no seq";
  EXPECT_EQ(told(near), std::vector<seqno>{1});
  EXPECT_EQ(hear(connection(0, 1)).value().seq, 1u);
}

TEST_F(RoomActorTest, AnErrorOfTheWriterIsAnsweredAndTheRoomLivesOn) {
  auto one = say("a"), two = say("b");
  disk.appends.answer(errc::unavailable);
  settle();
  EXPECT_EQ(one.code(), errc::unavailable);
  commit();
  EXPECT_EQ(two.value().what->seq, 1u);
}

TEST_F(RoomActorTest, WithoutAWriterEverySubmitIsUnavailable) {
  kill(persistence);
  settle();
  EXPECT_EQ(say("hello").code(), errc::unavailable);
  EXPECT_EQ(say("hello again").code(), errc::unavailable);
}

TEST_F(RoomActorTest, ARefusedEntryRefusesNothingElse) {
  hear(connection(0));
  say("first");
  auto one = say("a"), two = say("b"), three = say("c");
  commit();
  auto entries = disk.appends.seen[1].batch.entries;
  auto stored_one = store_entry(entries[0]);
  commit({stored_one, {errc::id_reused}, store_entry(entries[2])});
  EXPECT_EQ(one.value().what->seq, 2u);
  EXPECT_EQ(two.code(), errc::id_reused);
  EXPECT_EQ(three.value().what->seq, 3u);
  EXPECT_EQ(told(near), numbers(1, 3));
}

TEST_F(RoomActorTest, PassesTheRoomsRefusalBackWithoutAskingTheDisk) {
  EXPECT_EQ(say("hi", stranger).code(), errc::not_a_member);
  EXPECT_EQ(say("hi", muted).error(), (failure{errc::forbidden, "You are muted in this room"}));
  EXPECT_EQ(say("hi", banned).code(), errc::forbidden);
  EXPECT_EQ(say(std::string(1001, 'x')).code(), errc::too_large);
  EXPECT_TRUE(disk.appends.seen.empty());
}

TEST_F(RoomActorTest, ARetryIsAnsweredWithTheFirstResultAndDeliveredToNobody) {
  hear(connection(0));
  say("hello", ada, "c1");
  commit();
  auto first = near.letters.size();
  auto retry = say("hello", ada, "c1");
  commit({{said(1), false}});
  EXPECT_EQ(retry.value().what->seq, 1u);
  EXPECT_EQ(near.letters.size(), first) << "not even an empty deliver";
  commit_messages(1);
  EXPECT_EQ(told(near), (std::vector<seqno>{1, 2}));
}

TEST_F(RoomActorTest, AMemberAddedByACommitMayPostAndIsCounted) {
  EXPECT_EQ(hear(connection(0)).value().members, 3u) << "the banned are none";
  auto added = ask(room, submit{stranger, add_member{stranger->id, member_role::member}});
  settle();
  EXPECT_EQ(say("too early", stranger).code(), errc::not_a_member) << "membership counts when it is stored";
  commit();
  EXPECT_TRUE(std::holds_alternative<member_added>(added.value().what->what));
  auto answer = say("hi", stranger);
  commit();
  EXPECT_EQ(answer.value().what->seq, 2u);
  EXPECT_EQ(hear(connection(0)).value().members, 4u);
}

// -- who hears it -------------------------------------------------------------

TEST_F(RoomActorTest, TellsEachNetworkThreadOnceHoweverManyListenThere) {
  hear(connection(0, 0)), hear(connection(0, 1), {}, bob), hear(connection(0, 1, 1), {}, bob), hear(connection(1, 0));
  commit_messages(1);
  ASSERT_EQ(near.letters.size(), 1u);
  ASSERT_EQ(far.letters.size(), 1u);
  EXPECT_EQ(near.letters[0].what[0], far.letters[0].what[0]) << "made once, shared between threads";
}

TEST_F(RoomActorTest, TellsAllOfAnAppendInOneDeliverInOrder) {
  hear(connection(0));
  say("a"), say("b"), say("c");
  commit();
  commit();
  ASSERT_EQ(near.letters.size(), 2u);
  EXPECT_EQ(near.letters[1].what.size(), 2u);
  EXPECT_EQ(told(near), numbers(1, 3));
}

TEST_F(RoomActorTest, TellsAThreadNothingAfterItsLastListenerLeft) {
  hear(connection(0, 0)), hear(connection(0, 1)), hear(connection(1, 0));
  go(connection(0, 0));
  commit_messages(1);
  EXPECT_EQ(told(near), std::vector<seqno>{1});
  go(connection(0, 1));
  commit_messages(1);
  EXPECT_EQ(told(near), std::vector<seqno>{1});
  EXPECT_EQ(told(far), numbers(1, 2));
}

TEST_F(RoomActorTest, AListenerIsAConnectionInOneVariant) {
  hear(connection(0, 0, 0)), hear(connection(0, 0, 1));
  go(connection(0, 0, 0));
  commit_messages(1);
  EXPECT_EQ(told(near), std::vector<seqno>{1}) << "the other variant still listens";
  go(connection(0, 0, 1));
  commit_messages(1);
  EXPECT_EQ(told(near), std::vector<seqno>{1});
}

TEST_F(RoomActorTest, JoiningTwiceIsOneListenerAndLeavingTwiceIsNothing) {
  hear(connection(0)), hear(connection(0));
  go(connection(0));
  go(connection(0));
  go(connection(9));
  commit_messages(1);
  EXPECT_TRUE(near.letters.empty());
}

TEST_F(RoomActorTest, ALeaveFromAnEarlierTenantOfASlotLeavesTheNewOneAlone) {
  auto before = subscriber{{0, 3, 1}, 0}, now = subscriber{{0, 3, 2}, 0};
  hear(before), hear(now);
  go(before);
  commit_messages(1);
  EXPECT_EQ(told(near), std::vector<seqno>{1});
}

TEST_F(RoomActorTest, AStrangerDoesNotHearTheRoom) {
  EXPECT_EQ(hear(connection(0), {}, stranger).code(), errc::not_a_member);
  EXPECT_EQ(hear(connection(0), {}, banned).code(), errc::forbidden);
  EXPECT_FALSE(hear(connection(1), {}, muted).pending());
  commit_messages(1);
  EXPECT_TRUE(near.letters.empty()) << "who was refused is not counted";
  EXPECT_EQ(told(far), std::vector<seqno>{1}) << "who is muted may listen";
}

TEST_F(RoomActorTest, AStrangerCannotTellAClosedRoomFromNone) {
  open_room(0, room_visibility::closed);
  EXPECT_EQ(hear(connection(0), {}, stranger).code(), errc::not_found);
  EXPECT_EQ(hear(connection(0), 0, stranger).code(), errc::not_found);
  EXPECT_EQ(say("hi", stranger).code(), errc::not_found);
}

// -- what was missed ----------------------------------------------------------

TEST_F(RoomActorTest, AJoinWithoutAPositionBringsNothingAlong) {
  commit_messages(2);
  auto news = hear(connection(0)).value();
  EXPECT_EQ(news.seq, 2u);
  EXPECT_EQ(news.room.id, lobby);
  EXPECT_EQ(news.room.key, "lobby");
  EXPECT_TRUE(news.missed.empty());
  EXPECT_FALSE(news.has_more);
}

TEST_F(RoomActorTest, AJoinInsideTheTailBringsWhatWasMissedWithoutReading) {
  commit_messages(4);
  auto news = hear(connection(0), 2).value();
  EXPECT_EQ(seqs(news.missed), numbers(3, 4));
  EXPECT_EQ(news.seq, 4u);
  EXPECT_FALSE(news.has_more);
  EXPECT_TRUE(hear(connection(0), 4).value().missed.empty());
  EXPECT_TRUE(hear(connection(0), 99).value().missed.empty()) << "a position from the future has missed nothing";
  EXPECT_TRUE(reader.reads.seen.empty());
}

TEST_F(RoomActorTest, AJoinOlderThanTheTailReads) {
  open_room(10);
  auto answer = hear(connection(0), 7);
  ASSERT_EQ(reader.reads.waiting(), 1u);
  auto [id, range] = reader.reads.seen[0];
  EXPECT_EQ(id, lobby);
  EXPECT_EQ(range.where, store::range::direction::after);
  EXPECT_EQ(range.from, 7u);
  EXPECT_EQ(range.limit, 5u);
  EXPECT_FALSE(range.messages_only);
  EXPECT_TRUE(answer.pending());
  read(8, 10);
  EXPECT_EQ(seqs(answer.value().missed), numbers(8, 10));
  EXPECT_EQ(answer.value().seq, 10u);
  EXPECT_FALSE(answer.value().has_more);
}

TEST_F(RoomActorTest, WhatIsCommittedDuringTheReadComesFromTheTailWithoutAGapOrADouble) {
  open_room(10);
  auto answer = hear(connection(0), 8);
  commit_messages(2);
  EXPECT_TRUE(near.letters.empty()) << "not subscribed before the answer";
  read(9, 10);
  EXPECT_EQ(seqs(answer.value().missed), numbers(9, 12));
  EXPECT_EQ(answer.value().seq, 12u);
  EXPECT_FALSE(answer.value().has_more);
  commit_messages(1);
  EXPECT_EQ(told(near), std::vector<seqno>{13});
}

TEST_F(RoomActorTest, WhatTheReadAndTheTailBothHaveComesOnce) {
  open_room(10);
  auto answer = hear(connection(0), 9);
  commit_messages(2);
  read(10, 11); // the reader saw one of the two commits
  EXPECT_EQ(seqs(answer.value().missed), numbers(10, 12));
}

TEST_F(RoomActorTest, WhatTheReaderSawBeforeTheRoomDidComesOnce) {
  open_room(10);
  auto answer = hear(connection(0), 9);
  say("on disk, and the room does not know it yet");
  read(10, 11);
  commit();
  auto heard = seqs(answer.value().missed);
  auto live = told(near);
  heard.insert(heard.end(), live.begin(), live.end());
  EXPECT_EQ(heard, numbers(10, 11));
  EXPECT_LE(answer.value().missed.size(), answer.value().seq - 9) << "nothing is missed that is newer than the answer's seq";
}

TEST_F(RoomActorTest, ReadsOnceMoreIfTheTailHasMovedPastTheRead) {
  open_room(10);
  auto answer = hear(connection(0), 9);
  commit_messages(4); // 11 to 14, the tail begins at 12
  read(10, 10);
  EXPECT_TRUE(answer.pending());
  ASSERT_EQ(reader.reads.waiting(), 1u);
  read(10, 14);
  EXPECT_EQ(seqs(answer.value().missed), numbers(10, 14));
  EXPECT_FALSE(answer.value().has_more);
  EXPECT_EQ(reader.reads.seen.size(), 2u);
  commit_messages(1);
  EXPECT_EQ(told(near), std::vector<seqno>{15});
}

TEST_F(RoomActorTest, AJoinBringsAtMostMissedMaxOutOfTheTail) {
  open_room(0, room_visibility::open, 2);
  commit_messages(3);
  auto news = hear(connection(0), 0).value();
  EXPECT_EQ(seqs(news.missed), numbers(1, 2)) << "the oldest, so that paging goes on behind them";
  EXPECT_TRUE(news.has_more);
  EXPECT_EQ(news.seq, 3u);
  EXPECT_FALSE(hear(connection(0), 1).value().has_more);
}

TEST_F(RoomActorTest, AJoinBringsAtMostMissedMaxOutOfTheRead) {
  open_room(20);
  auto answer = hear(connection(0), 3);
  read(4, 8, true);
  EXPECT_EQ(seqs(answer.value().missed), numbers(4, 8));
  EXPECT_TRUE(answer.value().has_more);
  EXPECT_EQ(answer.value().seq, 20u) << "where the room is, so that the client knows how far to page";
  commit_messages(1);
  EXPECT_EQ(told(near), std::vector<seqno>{21});
}

TEST_F(RoomActorTest, AJoinBringsAtMostMissedMaxOutOfReadAndTail) {
  open_room(10);
  auto answer = hear(connection(0), 6);
  commit_messages(2);
  read(7, 10); // 4 read and 2 in the tail are more than 5
  EXPECT_EQ(seqs(answer.value().missed), numbers(7, 11));
  EXPECT_TRUE(answer.value().has_more);
}

TEST_F(RoomActorTest, AJoinBringsAtMostSoManyBytesButAlwaysOneEvent) {
  missed_bytes_max = 2 * wire_bytes(*said(1)) + 10;
  open_room(10);
  auto answer = hear(connection(0), 6);
  read(7, 10);
  EXPECT_EQ(seqs(answer.value().missed), numbers(7, 8));
  EXPECT_TRUE(answer.value().has_more);
  missed_bytes_max = 1;
  open_room(10);
  answer = hear(connection(0), 6);
  read(7, 10);
  EXPECT_EQ(seqs(answer.value().missed), numbers(7, 7));
  EXPECT_TRUE(answer.value().has_more);
  answer = hear(connection(0), 9);
  read(10, 10);
  EXPECT_EQ(seqs(answer.value().missed), numbers(10, 10));
  EXPECT_FALSE(answer.value().has_more);
}

TEST_F(RoomActorTest, ReadsOnBehindMessagesThatAreAllDeletedSince) {
  open_room(20);
  auto answer = hear(connection(0), 3);
  reader.reads.answer(store::page{.events = {}, .has_more = true, .reached = 8});
  settle();
  EXPECT_TRUE(answer.pending()) << "nothing to go on from";
  reader.reads.answer(store::page{.events = {}, .has_more = true, .reached = 13});
  settle();
  ASSERT_EQ(reader.reads.waiting(), 1u);
  EXPECT_EQ(reader.reads.seen.back().which.from, 13u);
  read(14, 18, true);
  EXPECT_EQ(seqs(answer.value().missed), numbers(14, 18));
  EXPECT_TRUE(answer.value().has_more);
  answer = hear(connection(0), 18);
  reader.reads.answer(store::page{.events = {}, .has_more = false, .reached = 20});
  settle();
  EXPECT_TRUE(answer.value().missed.empty());
  EXPECT_FALSE(answer.value().has_more);
}

TEST_F(RoomActorTest, ExactlyMissedMaxIsAllThereIs) {
  open_room(10);
  auto answer = hear(connection(0), 5);
  read(6, 10);
  EXPECT_EQ(seqs(answer.value().missed), numbers(6, 10));
  EXPECT_FALSE(answer.value().has_more);
}

TEST_F(RoomActorTest, AFailedReadIsAnsweredAndSubscribesNobody) {
  open_room(10);
  auto answer = hear(connection(0), 3);
  reader.reads.answer(errc::unavailable);
  settle();
  EXPECT_EQ(answer.code(), errc::unavailable);
  commit_messages(1);
  EXPECT_TRUE(near.letters.empty());
  kill(history);
  settle();
  EXPECT_EQ(hear(connection(0), 3).code(), errc::unavailable);
}

TEST_F(RoomActorTest, WhoLeavesDuringTheReadIsAnsweredAndNotSubscribed) {
  open_room(10);
  auto one = hear(connection(0), 8), other = hear(connection(0, 1), 9);
  go(connection(0));
  read(9, 10);
  EXPECT_EQ(seqs(one.value().missed), numbers(9, 10)) << "every question is answered";
  read(10, 10);
  go(connection(0, 1));
  commit_messages(1);
  EXPECT_TRUE(near.letters.empty()) << "the room would go on telling a listener that has left";
}

TEST_F(RoomActorTest, WhoLeavesDuringTheReadAndComesBackIsSubscribed) {
  open_room(10);
  auto before = hear(connection(0), 8);
  go(connection(0));
  auto now = hear(connection(0), 7);
  reader.reads.answer(errc::unavailable);
  settle();
  EXPECT_EQ(before.code(), errc::unavailable);
  read(8, 10);
  EXPECT_FALSE(now.pending());
  commit_messages(1);
  EXPECT_EQ(told(near), std::vector<seqno>{11});
}

TEST_F(RoomActorTest, JoinsThatWaitAreCounted) {
  auto waiting = [] { return metrics::total(metrics::metric::room_arrivals); };
  open_room(10);
  auto before = waiting();
  hear(connection(0), 8), hear(connection(1), 8);
  EXPECT_EQ(waiting(), before + 2);
  read(9, 10);
  reader.reads.answer(errc::unavailable);
  settle();
  EXPECT_EQ(waiting(), before);
}

TEST_F(RoomActorTest, WhoIsBannedDuringTheReadDoesNotJoin) {
  open_room(10);
  auto answer = hear(connection(0), 3, bob);
  say("something");
  commit({{std::make_shared<const event>(event{lobby, 11, wall_time{}, member_added{bob->id, member_role::banned}}), true}});
  read(4, 8, true);
  EXPECT_EQ(answer.code(), errc::forbidden);
  say("later");
  stored = 11;
  commit();
  EXPECT_TRUE(near.letters.empty());
}

// -- bounds and the end -------------------------------------------------------

TEST_F(RoomActorTest, IsBusyWhenTooMuchWaits) {
  auto one = say("1"); // in flight
  auto two = say("2"), three = say("3"), four = say("4");
  EXPECT_EQ(say("5").code(), errc::busy);
  EXPECT_EQ(say("hi", stranger).code(), errc::not_a_member) << "a refusal needs no room in the queue";
  commit();
  EXPECT_FALSE(one.pending());
  auto five = say("5");
  EXPECT_EQ(say("6").code(), errc::busy) << "three in flight and one behind them";
  commit();
  commit();
  EXPECT_EQ(five.value().what->seq, 5u);
}

TEST_F(RoomActorTest, ADrainIsAnsweredAtOnceIfNothingIsInFlight) {
  EXPECT_FALSE(end().pending());
  EXPECT_EQ(say("late").code(), errc::shutting_down);
  EXPECT_TRUE(disk.appends.seen.empty());
}

TEST_F(RoomActorTest, ADrainIsAnsweredBehindWhatIsInFlightAndWhatWaits) {
  hear(connection(0));
  auto one = say("1"), two = say("2");
  auto drained = end(), once_more = end();
  EXPECT_EQ(say("late").code(), errc::shutting_down);
  commit();
  EXPECT_FALSE(one.pending());
  EXPECT_TRUE(drained.pending()) << "what had been admitted is not done yet";
  commit();
  EXPECT_EQ(two.value().what->seq, 2u);
  EXPECT_EQ(told(near), numbers(1, 2));
  EXPECT_FALSE(drained.pending());
  EXPECT_FALSE(once_more.pending());
}

TEST_F(RoomActorTest, ADrainIsAnsweredWhenTheCommitFails) {
  auto one = say("1");
  auto drained = end();
  disk.appends.answer(errc::unavailable);
  settle();
  EXPECT_EQ(one.code(), errc::unavailable);
  EXPECT_FALSE(drained.pending());
}

// -- what is asked of it ------------------------------------------------------

TEST_F(RoomActorTest, GivesAPageOfItsPastToThoseWhoMayHearIt) {
  auto range = store::range{.where = store::range::direction::before, .from = 9, .limit = 2, .messages_only = true};
  auto page = ask(room, fetch{bob->id, range});
  settle();
  ASSERT_EQ(reader.reads.waiting(), 1u);
  EXPECT_EQ(reader.reads.seen[0].room, lobby);
  EXPECT_EQ(reader.reads.seen[0].which.from, 9u);
  EXPECT_EQ(reader.reads.seen[0].which.limit, 2u);
  EXPECT_TRUE(reader.reads.seen[0].which.messages_only);
  read(7, 8, true);
  EXPECT_EQ(seqs(page.value().events), numbers(7, 8));
  EXPECT_TRUE(page.value().has_more);
  auto refused = ask(room, fetch{stranger->id, range}), refused_too = ask(room, fetch{banned->id, range});
  settle();
  EXPECT_EQ(refused.code(), errc::not_a_member);
  EXPECT_EQ(refused_too.code(), errc::forbidden);
  EXPECT_EQ(reader.reads.seen.size(), 1u);
}

TEST_F(RoomActorTest, DescribesItselfToThoseWhoMayKnowOfIt) {
  auto role_of = [this](const user_ptr& who) {
    auto answer = ask(room, describe{who->id});
    settle();
    return answer;
  };
  commit_messages(2);
  auto about = role_of(ada).value();
  EXPECT_EQ(about.info.name, "Lobby");
  EXPECT_EQ(about.info.last_seq, 2u);
  EXPECT_EQ(about.role, member_role::owner);
  EXPECT_EQ(about.members, 3u) << "the banned are none";
  EXPECT_EQ(role_of(stranger).value().role, std::nullopt);
  open_room(0, room_visibility::closed);
  EXPECT_EQ(role_of(stranger).code(), errc::not_found);
  EXPECT_EQ(role_of(bob).value().role, member_role::member);
}

// -- rights -------------------------------------------------------------------

TEST_F(RoomActorTest, WhoIsSentAwayHearsThatAndNothingAfterIt) {
  hear(connection(0), {}, bob);
  hear(connection(1), {}, ada);
  does(ada, remove_member{bob->id});
  happens(member_removed{bob->id});
  EXPECT_EQ(heard(near), std::vector<std::string>{"1"});
  say("later");
  commit();
  EXPECT_TRUE(heard(near).empty());
  EXPECT_EQ(heard(far), (std::vector<std::string>{"1", "2"}));
  EXPECT_EQ(hear(connection(0), {}, bob).code(), errc::not_a_member);
}

TEST_F(RoomActorTest, ABanSendsAwayAsAKickDoes) {
  hear(connection(0), {}, bob);
  does(ada, change_role{bob->id, member_role::banned});
  happens(role_changed{bob->id, member_role::banned});
  say("later");
  commit();
  EXPECT_EQ(heard(near), std::vector<std::string>{"1"});
}

TEST_F(RoomActorTest, WhatWaitsBehindAChangeOfRightsIsDecidedOnIt) {
  say("in flight");
  auto before = say("before", bob);
  auto kick = does(ada, remove_member{bob->id});
  auto after = say("after", bob);
  commit();
  EXPECT_EQ(disk.appends.seen.back().batch.entries.size(), 2u) << "up to the kick";
  commit({{std::make_shared<const event>(event{lobby, ++stored, wall_time{}, message_posted{{102}, bob, "before", {}, {}}}), true},
          {std::make_shared<const event>(event{lobby, ++stored, wall_time{}, member_removed{bob->id}}), true}});
  EXPECT_EQ(before.value().what->seq, 2u);
  EXPECT_EQ(kick.value().what->seq, 3u);
  EXPECT_EQ(after.code(), errc::not_a_member);
  EXPECT_EQ(disk.appends.waiting(), 0u);
}

TEST_F(RoomActorTest, ADeletedRoomIsHeardByNobody) {
  hear(connection(0));
  does(ada, delete_room{});
  happens(room_deleted{});
  EXPECT_EQ(heard(near), std::vector<std::string>{"1"});
  EXPECT_EQ(say("anyone?").code(), errc::not_found);
  EXPECT_EQ(hear(connection(0)).code(), errc::not_found);
}

// -- typing -------------------------------------------------------------------

TEST_F(RoomActorTest, TypingIsToldToTheOthersOnceWithoutASeq) {
  hear(connection(0), {}, bob);
  EXPECT_FALSE(type(connection(0), bob).pending());
  EXPECT_EQ(near.letters.at(0).except, connection(0).connection);
  EXPECT_EQ(near.letters.at(0).how, lane::droppable);
  EXPECT_EQ(heard(near), std::vector<std::string>{"+user 2"});
  type(connection(0), bob);
  EXPECT_TRUE(heard(near).empty());
  type(connection(0), bob, typing_stopped{});
  type(connection(0), bob, typing_stopped{});
  EXPECT_EQ(heard(near), std::vector<std::string>{"-user 2"});
  EXPECT_EQ(disk.appends.seen.size(), 0u);
}

TEST_F(RoomActorTest, TypingEndsByItselfAndWithItsSocket) {
  hear(connection(1), {}, ada);
  hear(connection(0), {}, bob);
  type(connection(0), bob);
  time_passes(std::chrono::milliseconds{3000});
  type(connection(0), bob);
  time_passes(std::chrono::milliseconds{3000});
  EXPECT_EQ(heard(far), std::vector<std::string>{"+user 2"});
  time_passes(std::chrono::milliseconds{2000});
  EXPECT_EQ(heard(far), std::vector<std::string>{"-user 2"});
  type(connection(0), bob);
  go(connection(0));
  EXPECT_EQ(heard(far), (std::vector<std::string>{"+user 2", "-user 2"}));
}

TEST_F(RoomActorTest, TypingEndsWithItsSocketAlsoIfThatHasNotJoined) {
  hear(connection(1), {}, ada);
  type(connection(0), bob);
  go(connection(0));
  EXPECT_EQ(heard(far), (std::vector<std::string>{"+user 2", "-user 2"}));
}

TEST_F(RoomActorTest, WhoMayNotSpeakMayNotType) {
  hear(connection(1), {}, ada);
  EXPECT_EQ(type(connection(0), muted).code(), errc::forbidden);
  EXPECT_EQ(type(connection(0), banned).code(), errc::forbidden);
  EXPECT_EQ(type(connection(0), stranger).code(), errc::not_a_member);
  EXPECT_TRUE(heard(far).empty());
  type(connection(0), bob);
  does(ada, change_role{bob->id, member_role::muted});
  happens(role_changed{bob->id, member_role::muted});
  EXPECT_EQ(heard(far), (std::vector<std::string>{"+user 2", "1", "-user 2"}));
}

// -- idle ---------------------------------------------------------------------

struct IdleRoomTest : RoomActorTest {
  reply<idle> quiet = await();

  reply<idle> await() {
    auto answer = ask(room, await_idle{});
    settle();
    return answer;
  }
  reply<rested> end_it() {
    auto answer = ask(room, rest{});
    settle();
    return answer;
  }
  void minutes_pass(int count) {
    for (auto i = 0; i < count; ++i)
      time_passes(std::chrono::minutes{1});
  }
};

TEST_F(IdleRoomTest, ARoomThatNobodyAsksAnythingIsIdleAndMayEnd) {
  EXPECT_TRUE(quiet.pending());
  minutes_pass(1);
  EXPECT_FALSE(quiet.pending());
  auto before = alive();
  EXPECT_TRUE(end_it().value().has_ended);
  EXPECT_EQ(alive(), before - 1);
}

TEST_F(IdleRoomTest, WhoeverListensTypesOrWaitsKeepsItAwake) {
  hear(connection(0));
  minutes_pass(5);
  EXPECT_TRUE(quiet.pending()) << "somebody listens";
  go(connection(0));
  open_room(10);
  quiet = await();
  auto missed = hear(connection(0), 3);
  go(connection(0));
  minutes_pass(5);
  EXPECT_TRUE(quiet.pending()) << "a join waits for the reader";
  read(4, 10);
  auto posted = say("hello");
  minutes_pass(5);
  EXPECT_TRUE(quiet.pending()) << "an append is in flight";
  commit();
  minutes_pass(2);
  EXPECT_FALSE(quiet.pending());
}

TEST_F(IdleRoomTest, AQuestionStartsTheWaitAfresh) {
  for (auto i = 0; i < 5; ++i) {
    minutes_pass(1);
    ask(room, describe{ada->id});
    settle();
  }
  EXPECT_FALSE(quiet.pending()) << "idle in its first minute";
  quiet = await();
  for (auto i = 0; i < 5; ++i) {
    ask(room, describe{ada->id});
    minutes_pass(1);
  }
  EXPECT_TRUE(quiet.pending());
}

TEST_F(IdleRoomTest, WhatCrossesTheEndIsDoneAndKeepsItAlive) {
  minutes_pass(1);
  ASSERT_FALSE(quiet.pending());
  auto crossing = ask(room, submit{ada, post_message{"hello", {}, {}}});
  auto end = ask(room, rest{});
  settle();
  EXPECT_FALSE(end.value().has_ended);
  commit();
  EXPECT_EQ(crossing.value().what->seq, 1u);
  EXPECT_FALSE(hear(connection(0)).pending());
  go(connection(0));
  quiet = await();
  minutes_pass(2);
  EXPECT_FALSE(quiet.pending()) << "it is idle once more";
  EXPECT_TRUE(end_it().value().has_ended);
}

TEST_F(IdleRoomTest, WhatComesBehindTheEndHasReachedNobody) {
  minutes_pass(1);
  auto end = ask(room, rest{});
  auto late = say("too late");
  EXPECT_TRUE(end.value().has_ended);
  EXPECT_EQ(late.code(), errc::unavailable);
  EXPECT_TRUE(disk.appends.seen.empty());
}

TEST_F(IdleRoomTest, ADeletedRoomIsIdleLikeAnyOther) {
  hear(connection(0));
  does(ada, delete_room{});
  happens(room_deleted{});
  minutes_pass(2);
  EXPECT_FALSE(quiet.pending());
}

TEST_F(RoomActorTest, NoReadCursorMovesOnceItDrains) {
  end();
  auto late = ask(room, mark_read{bob->id, 1});
  settle();
  EXPECT_EQ(late.code(), errc::shutting_down);
  EXPECT_TRUE(disk.cursors.seen.empty());
}

} // namespace
} // namespace stentor
