#include "actors/reader_actor.hpp"

#include "actors/host.hpp"
#include "actors/reader_pool.hpp"
#include "support/scripted.hpp"
#include "support/temp_store.hpp"

namespace stentor {
namespace {

struct ReaderActorTest : ActorTest {
  temp_store disk;
  std::shared_ptr<store::database> db = disk.open();
  store::journal journal{*db};
  user_ptr ada = std::make_shared<const user>(*journal.ensure_user({"ada", "ada@example.org", "", "", ""}));
  user bob = *journal.ensure_user({"bob", "", "", "https://id.example", "b1"});
  room_info lobby = *journal.create_room({"lobby", "Lobby", "", room_kind::channel, room_visibility::open, ada->id});
  room_info attic = *journal.create_room({"", "Attic", "", room_kind::group, room_visibility::closed, bob.id});
  reader_actor reader = mortal(spawn<reader_host>(system, disk.open_to_read()));

  ReaderActorTest() {
    auto said = store::batch{lobby.id, {}};
    for (auto text : {"one", "two", "three"})
      said.entries.push_back({ada, post_message{text, {}, {}}});
    journal.append(std::vector{said});
  }

  template <class Message>
  auto read(Message what) {
    auto answer = ask(reader, std::move(what));
    settle();
    return answer;
  }
};

TEST_F(ReaderActorTest, KnowsTheIdBehindAnIdOrAKey) {
  EXPECT_EQ(read(resolve_room{"lobby"}).value(), lobby.id);
  EXPECT_EQ(read(resolve_room{attic.id}).value(), attic.id);
  EXPECT_EQ(read(resolve_room{"attic"}).code(), errc::not_found);
  EXPECT_EQ(read(resolve_room{room_id{999}}).code(), errc::not_found);
}

TEST_F(ReaderActorTest, LoadsWhatARoomStartsWith) {
  auto image = read(load_room{lobby.id}).value();
  EXPECT_EQ(image->info.key, "lobby");
  EXPECT_EQ(image->info.last_seq, 4u);
  EXPECT_EQ(image->members, (std::vector{std::pair{ada->id, member_role::owner}}));
  EXPECT_EQ(read(load_room{{999}}).code(), errc::not_found);
}

TEST_F(ReaderActorTest, ReadsAPageOfARoomsPast) {
  auto page = read(read_history{lobby.id, {.where = store::range::direction::after, .from = 2, .limit = 1}}).value();
  ASSERT_EQ(page.events.size(), 1u);
  EXPECT_EQ(page.events[0]->seq, 3u);
  EXPECT_EQ(std::get<message_posted>(page.events[0]->what).content, "two");
  EXPECT_TRUE(page.has_more);
  EXPECT_TRUE(read(read_history{{999}, {}}).value().events.empty());
}

TEST_F(ReaderActorTest, FindsAUserByIdOrElseByIssuerAndSubject) {
  EXPECT_EQ(read(store::claimed_identity{ada->id, {}, {}, {}}).value().who, *ada);
  EXPECT_EQ(read(store::claimed_identity{{}, "https://id.example", "b1", {}}).value().who, bob);
  EXPECT_EQ(read(store::claimed_identity{ada->id, "https://id.example", "b1", {}}).value().who, *ada) << "the id goes first";
  EXPECT_EQ(read(store::claimed_identity{{}, "https://other.example", "b1", {}}).code(), errc::not_found);
  EXPECT_EQ(read(store::claimed_identity{{999}, {}, {}, {}}).code(), errc::not_found);
}

TEST_F(ReaderActorTest, ListsTheRoomsThatSomeoneIsIn) {
  auto rooms = read(list_rooms{ada->id}).value();
  ASSERT_EQ(rooms.size(), 1u);
  EXPECT_EQ(rooms[0].room.id, lobby.id);
  EXPECT_TRUE(read(list_rooms{{999}}).value().empty());
}

TEST_F(ReaderActorTest, CountsEverything) {
  auto all = read(count_all{}).value();
  EXPECT_EQ(all.users, 2u);
  EXPECT_EQ(all.channels, 1u) << "a group is none";
  EXPECT_EQ(all.messages, 3u);
}

TEST_F(ReaderActorTest, APoolTakesItsReadersInTurnAndEachCopyByItself) {
  auto other = mortal(spawn<reader_host>(system, disk.open_to_read()));
  auto pool = reader_pool{{reader, other}};
  EXPECT_EQ(pool.next(), reader);
  auto copy = pool;
  EXPECT_EQ(pool.next(), other);
  EXPECT_EQ(pool.next(), reader);
  EXPECT_EQ(copy.next(), other);
}

} // namespace
} // namespace stentor
