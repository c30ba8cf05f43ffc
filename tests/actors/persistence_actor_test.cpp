#include "actors/persistence_actor.hpp"

#include "actors/host.hpp"
#include "support/scripted.hpp"
#include "support/temp_store.hpp"

#include <soci/soci.h>

namespace stentor {
namespace {

struct PersistenceActorTest : ActorTest {
  temp_store disk;
  persistence_actor persistence = mortal(spawn<persistence_host>(system, disk.open()));
  user_ptr ada = person("ada"), bob = person("bob");
  room_id lobby = made("lobby"), attic = made("attic");
  size_t commits_before = disk.commits();

  user_ptr person(std::string name) {
    auto answer = ask(persistence, store::new_user{std::move(name), {}, {}, {}, {}});
    settle();
    return std::make_shared<const user>(answer.value());
  }
  reply<room_info> create(std::string key) {
    auto answer =
      ask(persistence, store::new_room{std::move(key), "A room", "What for", room_kind::channel, room_visibility::closed, ada->id});
    settle();
    return answer;
  }
  room_id made(std::string key) { return create(std::move(key)).value().id; }

  store::entry post(user_ptr who, std::string text, std::string key = "") {
    return {std::move(who), post_message{std::move(text), std::move(key), {}}};
  }
  /// Asks for a commit, and lets nothing run.
  reply<appended> put(room_id room, std::vector<store::entry> entries) { return ask(persistence, append{{room, std::move(entries)}}); }
  size_t commits() const { return disk.commits() - commits_before; }

  /// "seq author text", or why it was refused.
  std::string shown(const store::outcome& of) {
    if (!of.what)
      return of.what.error().detail;
    const auto& message = std::get<message_posted>((*of.what)->what);
    return std::to_string((*of.what)->seq) + " " + message.author->name + " " + message.content + (of.is_new ? "" : " (again)");
  }
  std::vector<std::string> shown(const reply<appended>& of) {
    std::vector<std::string> all;
    for (const auto& x : of.value().outcomes)
      all.push_back(shown(x));
    return all;
  }
};

using texts = std::vector<std::string>;

TEST_F(PersistenceActorTest, TriesToStoreWithoutStoringAnything) {
  auto answer = ask(persistence, try_store{});
  settle();
  EXPECT_TRUE(answer.value());
  EXPECT_EQ(made("cellar").value, attic.value + 1) << "it has taken no id";
}

TEST_F(PersistenceActorTest, EverythingThatQueuedUpIsInOneCommit) {
  auto one = put(lobby, {post(ada, "a"), post(bob, "b")});
  auto two = put(attic, {post(bob, "c")});
  auto three = put(lobby, {post(ada, "d")});
  settle();
  EXPECT_EQ(commits(), 1u);
  EXPECT_EQ(shown(one), (texts{"2 ada a", "3 bob b"})) << "1 is the owner's entry";
  EXPECT_EQ(shown(two), (texts{"2 bob c"}));
  EXPECT_EQ(shown(three), (texts{"4 ada d"}));
}

TEST_F(PersistenceActorTest, WhatComesOneAfterTheOtherIsCommittedOneAfterTheOther) {
  put(lobby, {post(ada, "a")});
  settle();
  EXPECT_EQ(commits(), 1u);
  auto two = put(lobby, {post(ada, "b")});
  settle();
  EXPECT_EQ(commits(), 2u);
  EXPECT_EQ(shown(two), (texts{"3 ada b"}));
}

TEST_F(PersistenceActorTest, AnswersWhenItIsOnDisk) {
  auto answer = put(lobby, {post(ada, "hello", "c1")});
  settle();
  auto db = disk.open_to_read();
  auto page = store::history{*db}.read(lobby, {.where = store::range::direction::after, .from = 1});
  ASSERT_TRUE(page);
  ASSERT_EQ(page->events.size(), 1u);
  EXPECT_EQ(std::get<message_posted>(page->events[0]->what).content, "hello");
  EXPECT_EQ(page->events[0]->seq, (*answer.value().outcomes[0].what)->seq);
}

TEST_F(PersistenceActorTest, KeepsTheOrderInWhichItWasAsked) {
  std::vector<reply<appended>> answers;
  for (auto i = 0; i < 50; ++i)
    answers.push_back(put(lobby, {post(i % 2 ? ada : bob, std::to_string(i))}));
  settle();
  for (auto i = 0; i < 50; ++i)
    EXPECT_EQ(shown(answers[i]), (texts{std::to_string(i + 2) + (i % 2 ? " ada " : " bob ") + std::to_string(i)}));
  EXPECT_EQ(commits(), 1u);
}

TEST_F(PersistenceActorTest, ARefusedEntryFailsAlone) {
  auto one = put(lobby, {post(ada, "a", "c1"), post(ada, "other", "c1"), post(bob, "b")});
  auto two = put({999}, {post(ada, "nowhere")});
  auto three = put(attic, {post(bob, "c")});
  settle();
  EXPECT_EQ(shown(one), (texts{"2 ada a", "clientMessageId reused", "3 bob b"}));
  EXPECT_EQ(two.value().outcomes[0].what.error().code, errc::not_found);
  EXPECT_EQ(shown(three), (texts{"2 bob c"}));
}

TEST_F(PersistenceActorTest, ARetryInAnotherCommitGetsTheFirstResult) {
  auto first = put(lobby, {post(ada, "hello", "c1")});
  settle();
  auto again = put(lobby, {post(ada, "hello", "c1"), post(ada, "more")});
  settle();
  EXPECT_EQ(shown(first), (texts{"2 ada hello"}));
  EXPECT_EQ(shown(again), (texts{"2 ada hello (again)", "3 ada more"}));
}

TEST_F(PersistenceActorTest, AFailedCommitIsAnsweredToAllAndTheWriterHeals) {
  auto intruder = disk.open();
  intruder->session() << "BEGIN IMMEDIATE";
  auto one = put(lobby, {post(ada, "a"), post(ada, "b")});
  auto two = put(attic, {post(bob, "c")});
  settle();
  for (const auto& answer : {one, two})
    for (const auto& outcome : answer.value().outcomes)
      EXPECT_EQ(outcome.what.error().code, errc::unavailable);
  EXPECT_EQ(one.value().outcomes.size(), 2u);
  EXPECT_EQ(commits(), 0u);

  intruder->session() << "ROLLBACK";
  auto healed = put(lobby, {post(ada, "a")});
  settle();
  EXPECT_EQ(shown(healed), (texts{"2 ada a"})) << "a failed commit takes no seq";
}

TEST_F(PersistenceActorTest, CreatesRoomsAndUsers) {
  auto room = create("cellar");
  EXPECT_EQ(room.value().key, "cellar");
  EXPECT_EQ(room.value().name, "A room");
  EXPECT_EQ(room.value().visibility, room_visibility::closed);
  EXPECT_EQ(room.value().last_seq, 1u);
  EXPECT_EQ(create("cellar").error(), (failure{errc::already_exists, "The key is taken"}));

  auto ensure = [this](store::new_user who) {
    auto answer = ask(persistence, std::move(who));
    settle();
    return answer;
  };
  auto made = ensure({"Eve", "eve@example.org", "", "https://id.example", "e1"}).value();
  EXPECT_EQ(made.email, "eve@example.org");
  EXPECT_EQ(ensure({"Eve", "", "", "https://id.example", "e1"}).value().id, made.id) << "created once";
  EXPECT_EQ(ensure({"ada", "", "", "", ""}).code(), errc::already_exists);
}

TEST_F(PersistenceActorTest, ARoomThatIsCreatedBetweenAppendsIsNoPartOfTheirCommit) {
  auto one = put(lobby, {post(ada, "a")});
  auto room = ask(persistence, store::new_room{"cellar", "Cellar", {}, {}, {}, ada->id});
  auto two = put(lobby, {post(ada, "b")});
  settle();
  EXPECT_EQ(commits(), 2u);
  EXPECT_EQ(room.value().key, "cellar");
  EXPECT_EQ(shown(one), (texts{"2 ada a"}));
  EXPECT_EQ(shown(two), (texts{"3 ada b"}));
}

// -- writes other than operations ---------------------------------------------

TEST_F(PersistenceActorTest, ReadCursorsAreInTheSameCommit) {
  put(lobby, {post(ada, "a")});
  settle();
  auto message = put(attic, {post(bob, "b")});
  auto mine = ask(persistence, store::cursor{lobby, ada->id, 1}), bobs = ask(persistence, store::cursor{lobby, bob->id, 1});
  settle();
  EXPECT_EQ(commits(), 2u);
  EXPECT_EQ(shown(message), (texts{"2 bob b"}));
  EXPECT_EQ(mine.value().seq, 1u);
  EXPECT_EQ(bobs.error(), (failure{errc::not_found, "Not a member"}));
}

TEST_F(PersistenceActorTest, WhatIsTooMuchIsBusy) {
  auto narrow = mortal(spawn<persistence_host>(system, disk.open(), size_t{2}));
  auto one = ask(narrow, store::cursor{lobby, ada->id, 1});
  auto two = ask(narrow, store::new_user{"eve", {}, {}, {}, {}});
  auto three = ask(narrow, store::cursor{lobby, ada->id, 1});
  auto four = ask(narrow, store::new_user{"dan", {}, {}, {}, {}});
  auto message = ask(narrow, append{{lobby, {post(ada, "rooms count these")}}});
  settle();
  EXPECT_EQ(one.value().seq, 1u);
  EXPECT_EQ(two.value().name, "eve");
  EXPECT_EQ(three.code(), errc::busy);
  EXPECT_EQ(four.code(), errc::busy);
  EXPECT_EQ(shown(message), (texts{"2 ada rooms count these"}));
}

TEST_F(PersistenceActorTest, WhileTheStoreIsLockedOneWaitsForAll) {
  auto intruder = disk.open();
  intruder->session() << "BEGIN IMMEDIATE";
  auto message = put(lobby, {post(ada, "a")});
  auto cursor = ask(persistence, store::cursor{lobby, ada->id, 1});
  auto eve = ask(persistence, store::new_user{"eve", {}, {}, {}, {}}), dan = ask(persistence, store::new_user{"dan", {}, {}, {}, {}});
  settle();
  EXPECT_EQ(message.value().outcomes[0].what.error().code, errc::unavailable);
  EXPECT_EQ(cursor.code(), errc::unavailable);
  EXPECT_EQ(eve.code(), errc::unavailable);
  EXPECT_EQ(dan.code(), errc::unavailable);
  intruder->session() << "ROLLBACK";
  dan = ask(persistence, store::new_user{"dan", {}, {}, {}, {}});
  settle();
  EXPECT_EQ(dan.value().name, "dan");
}

TEST_F(PersistenceActorTest, WhatWaitsAtTheEndIsRefused) {
  auto message = put(lobby, {post(ada, "a")});
  auto cursor = ask(persistence, store::cursor{lobby, ada->id, 1});
  auto eve = ask(persistence, store::new_user{"eve", {}, {}, {}, {}});
  caf::anon_send_exit(persistence, caf::exit_reason::user_shutdown);
  settle();
  EXPECT_FALSE(message.pending());
  EXPECT_FALSE(cursor.pending());
  EXPECT_FALSE(eve.pending());
}

} // namespace
} // namespace stentor
