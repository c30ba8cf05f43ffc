#include "fixture.hpp"

#include <gmock/gmock.h>

namespace stentor::store {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

/// A database with ada, who has a password, and bob, whom an identity provider knows.
struct PeopleTest : testing::Test {
  temporary_directory directory;
  std::optional<database> db, read_only;
  std::optional<journal> writer;
  std::optional<history> reader;
  wall_time now{1000s};
  user_id ada, bob;

  PeopleTest() {
    auto url = "sqlite://" + (directory / "test.db").string();
    db.emplace(*database::open(url, database::access::read_write));
    EXPECT_TRUE(db->migrate());
    writer.emplace(*db, [this] { return now; });
    read_only.emplace(*database::open(url, database::access::read_only));
    reader.emplace(*read_only);
    ada = writer->register_account({"ada", "Ada@Example.org", "hash of ada"})->who.id;
    bob = writer->ensure_user({"bob", "ada@example.org", "", "https://id.example", "7"})->id;
  }

  room_id room_of(std::initializer_list<user_id> members) {
    auto room = writer->create_room({.key = {}, .name = "a room", .topic = {}, .owner = *members.begin()})->id;
    for (auto who : std::span(members).subspan(1))
      join(room, who);
    return room;
  }
  void join(room_id room, user_id who) {
    auto author = std::make_shared<const user>(*reader->find_user(who));
    EXPECT_TRUE(writer->append(std::vector{batch{room, {{author, add_member{who, member_role::member}}}}})[0][0].what);
  }
  user_id someone(const std::string& name) { return writer->ensure_user({name, "", "", "https://id.example", name})->id; }
};

TEST_F(PeopleTest, AnAccountIsFoundByItsNameAndByItsAddressInAnyCase) {
  for (const auto* identifier : {"ada", "Ada@Example.org", "ADA@EXAMPLE.ORG"}) {
    auto found = reader->find_credentials(identifier);
    ASSERT_TRUE(found) << identifier;
    EXPECT_EQ(found->owner.who.id, ada);
    EXPECT_EQ(found->owner.role, "authenticated");
    EXPECT_EQ(found->password_hash, "hash of ada");
    EXPECT_FALSE(found->is_blocked);
  }
}

TEST_F(PeopleTest, WhoHasNoPasswordCannotBeLoggedInTo) {
  for (const auto* identifier : {"bob", "nobody", "nobody@example.org", "", "@"})
    EXPECT_EQ(reader->find_credentials(identifier).error().code, errc::not_found) << identifier;
}

TEST_F(PeopleTest, NamesAndAddressesAreTakenOnce) {
  EXPECT_EQ(writer->register_account({"ada", "", "h"}).error().detail, "The username is taken");
  EXPECT_EQ(writer->register_account({"bob", "", "h"}).error().code, errc::already_exists);
  EXPECT_EQ(writer->register_account({"eve", "ada@example.ORG", "h"}).error().detail, "The email is taken");
  EXPECT_TRUE(writer->register_account({"eve", "", "h"}));
  EXPECT_TRUE(writer->register_account({"eva", "", "h"})) << "no address is not an address";
}

TEST_F(PeopleTest, AnIdentityProviderMayNameAnyAddress) {
  EXPECT_TRUE(writer->ensure_user({"carol", "Ada@Example.org", "", "https://id.example", "8"}));
}

TEST_F(PeopleTest, APasswordCanBeChangedWhereThereIsOne) {
  EXPECT_TRUE(writer->change_password({ada, "another"}));
  EXPECT_EQ(reader->find_credentials("ada")->password_hash, "another");
  EXPECT_EQ(writer->change_password({bob, "x"}).error().code, errc::not_found);
}

TEST_F(PeopleTest, ATokenIsIdentifiedByIdOrBySubject) {
  EXPECT_EQ(reader->identify({ada, {}, {}, "t"})->who.name, "ada");
  EXPECT_EQ(reader->identify({{}, "https://id.example", "7", "t"})->who.name, "bob");
  EXPECT_EQ(reader->identify({{}, "https://other.example", "7", "t"}).error().code, errc::not_found);
  EXPECT_EQ(reader->identify({user_id{999}, {}, {}, "t"}).error().code, errc::not_found);
  EXPECT_EQ(reader->identify({{}, "", "", "t"}).error().code, errc::not_found) << "accounts of our own have no subject";
}

TEST_F(PeopleTest, ARevokedTokenIsRefusedUntilItWouldHaveExpired) {
  EXPECT_TRUE(writer->revoke({"t", now + 60s}));
  EXPECT_TRUE(writer->revoke({"t", now + 60s})) << "twice is no error";
  EXPECT_EQ(reader->identify({ada, {}, {}, "t"}).error(), (failure{errc::invalid_token, "revoked"}));
  EXPECT_EQ(reader->identify({{}, "https://id.example", "7", "t"}).error().detail, "revoked");
  EXPECT_TRUE(reader->identify({ada, {}, {}, "another"}));
  now += 61s;
  EXPECT_TRUE(writer->revoke({"another", now + 60s}));
  EXPECT_TRUE(reader->identify({ada, {}, {}, "t"})) << "forgotten: its own expiry refuses it";
  EXPECT_FALSE(reader->identify({ada, {}, {}, "another"}));
}

TEST_F(PeopleTest, ABlockedUserIsRefusedByAnyToken) {
  EXPECT_TRUE(writer->change_state({ada, account_state::blocked}));
  EXPECT_EQ(reader->identify({ada, {}, {}, "t"}).error(), (failure{errc::invalid_token, "blocked"}));
  EXPECT_TRUE(reader->find_credentials("ada")->is_blocked);
  EXPECT_THAT(*reader->search_users("ada", 10), IsEmpty());
  EXPECT_TRUE(writer->change_state({ada, account_state::active}));
  EXPECT_TRUE(reader->identify({ada, {}, {}, "t"}));
  EXPECT_EQ(writer->change_state({user_id{999}, account_state::blocked}).error().code, errc::not_found);
}

TEST_F(PeopleTest, ARoleIsKept) {
  EXPECT_TRUE(writer->change_server_role(ada, "admin"));
  EXPECT_EQ(reader->identify({ada, {}, {}, "t"})->role, "admin");
}

TEST_F(PeopleTest, UsersAreSearchedByTheBeginningOfTheirNames) {
  for (const auto* name : {"Adam", "ad%m", "a_b", "aab", "\\"})
    someone(name);
  auto names = [this](const std::string& text, size_t limit = 10) {
    std::vector<std::string> found;
    auto people = reader->search_users(text, limit);
    for (const auto& who : *people)
      found.push_back(who.name);
    return found;
  };
  EXPECT_THAT(names("ad"), ElementsAre("ad%m", "ada", "Adam"));
  EXPECT_THAT(names("ad", 2), ElementsAre("ad%m", "ada"));
  EXPECT_THAT(names("AD%"), ElementsAre("ad%m"));
  EXPECT_THAT(names("a_"), ElementsAre("a_b"));
  EXPECT_THAT(names("\\"), ElementsAre("\\"));
  EXPECT_THAT(names("' OR 1=1 --"), IsEmpty());
}

TEST_F(PeopleTest, UsersAreListedByIdAsFarAsTheyExist) {
  auto users = reader->find_users({bob, user_id{999}, ada});
  ASSERT_EQ(users->size(), 2u);
  EXPECT_EQ((*users)[0].name, "bob");
}

TEST_F(PeopleTest, AcquaintancesShareARoomThatIsNotTooLarge) {
  auto carol = someone("carol"), dave = someone("dave"), eve = someone("eve");
  room_of({ada, bob}), room_of({ada, bob, carol}), room_of({carol, dave, eve, bob});
  EXPECT_THAT(*reader->acquaintances_of(ada, 3), UnorderedElementsAre(bob, carol));
  EXPECT_THAT(*reader->acquaintances_of(ada, 2), UnorderedElementsAre(bob));
  EXPECT_THAT(*reader->acquaintances_of(dave, 3), IsEmpty()) << "four are too many";
  EXPECT_THAT(*reader->acquaintances_of(dave, 4), UnorderedElementsAre(carol, eve, bob));
  EXPECT_THAT(*reader->known_to(ada, {ada, bob, dave, user_id{999}}), ElementsAre(ada, bob));
  EXPECT_THAT(*reader->known_to({}, {ada, bob}), IsEmpty()) << "a guest knows nobody";
}

TEST_F(PeopleTest, MembersOfARoomAreForItsMembers) {
  auto room = room_of({ada, bob});
  EXPECT_THAT(*reader->members_for(ada, room), UnorderedElementsAre(ada, bob));
  EXPECT_EQ(reader->members_for(someone("eve"), room).error().code, errc::not_found);
  EXPECT_EQ(reader->members_for(ada, room_id{999}).error().code, errc::not_found);
  EXPECT_EQ(reader->members_for(ada, std::string("no-such-key")).error().code, errc::not_found);
}

} // namespace
} // namespace stentor::store
