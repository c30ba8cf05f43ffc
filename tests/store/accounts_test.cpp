#include "fixture.hpp"

namespace stentor::store {
namespace {

struct AccountsTest : StoreTest {};

TEST_F(AccountsTest, AUserIsFoundByIdAndByName) {
  auto bob = subject->ensure_user({"bob", "bob@example.org", "https://example.org/bob.png", "", ""});
  ASSERT_TRUE(bob);
  EXPECT_EQ(*past->find_user(bob->id), *bob);
  EXPECT_EQ(*past->find_user_named("bob"), *bob);
  EXPECT_EQ(bob->email, "bob@example.org");
  EXPECT_EQ(bob->image, "https://example.org/bob.png");
}

TEST_F(AccountsTest, UsersThatAreNotThereAreNotFound) {
  EXPECT_EQ(past->find_user(user_id{999}).error().code, errc::not_found);
  EXPECT_EQ(past->find_user(user_id{lobby.value}).error().code, errc::not_found);
  EXPECT_EQ(past->find_user_named("Ada").error().code, errc::not_found);
  EXPECT_EQ(past->find_user("https://id.example.org", "7").error().code, errc::not_found);
}

TEST_F(AccountsTest, ANameIsTakenOnce) {
  EXPECT_EQ(subject->ensure_user({"ada", "", "", "", ""}).error().code, errc::already_exists);
}

TEST_F(AccountsTest, ASubjectOfAnIssuerIsCreatedOnce) {
  auto first = subject->ensure_user({"bob", "", "", "https://id.example.org", "7"});
  auto again = subject->ensure_user({"robert", "", "", "https://id.example.org", "7"});
  EXPECT_EQ(*again, *first);
  EXPECT_EQ(*past->find_user("https://id.example.org", "7"), *first);
}

TEST_F(AccountsTest, ASubjectBelongsToItsIssuer) {
  auto here = subject->ensure_user({"bob", "", "", "https://id.example.org", "7"});
  auto there = subject->ensure_user({"bea", "", "", "https://id.example.com", "7"});
  EXPECT_NE(here->id, there->id);
  EXPECT_EQ(past->find_user("https://id.example.com", "7")->name, "bea");
}

TEST_F(AccountsTest, ASubjectWhoseNameIsTakenGetsOneOfItsOwn) {
  auto second = subject->ensure_user({"ada", "", "", "https://id.example.org", "7"});
  ASSERT_TRUE(second);
  EXPECT_EQ(second->name, "ada-" + std::to_string(second->id.value));
  EXPECT_EQ(past->find_user_named("ada")->id, ada->id);
}

TEST_F(AccountsTest, ASubjectWithoutANameGetsOne) {
  auto nameless = subject->ensure_user({"", "", "", "https://id.example.org", "7"});
  ASSERT_TRUE(nameless);
  EXPECT_EQ(nameless->name, "user-" + std::to_string(nameless->id.value));
}

TEST_F(AccountsTest, ANameThatWasMadeUpInAdvanceIsAvoided) {
  auto next = eve->id.value + 2; // the lobby has the one between
  auto squatter = person("ada-" + std::to_string(next + 1));
  ASSERT_EQ(squatter->id.value, next);
  auto second = subject->ensure_user({"ada", "", "", "https://id.example.org", "7"});
  ASSERT_TRUE(second);
  EXPECT_EQ(second->name, squatter->name + "-" + std::to_string(next + 1));
}

TEST_F(AccountsTest, WithoutASubjectNobodyIsFoundByIt) {
  EXPECT_EQ(past->find_user("", "").error().code, errc::not_found);
}

TEST_F(AccountsTest, NamesAreStoredVerbatim) {
  auto name = std::string("'; DROP TABLE account; --\0 \xc3\xa4", 29);
  auto bobby = person(name);
  EXPECT_EQ(past->find_user_named(name)->name, name);
  EXPECT_EQ(past->find_user(bobby->id)->name, name);
}

TEST_F(AccountsTest, ARoomStartsWithItsOwner) {
  auto made = subject->create_room({"attic", "The attic", "dust", room_kind::group, room_visibility::closed, eve->id});
  ASSERT_TRUE(made);
  EXPECT_EQ(*made, (room_info{made->id, "attic", "The attic", "dust", room_kind::group, room_visibility::closed, 1, now}));
  auto image = past->load_room(made->id);
  ASSERT_TRUE(image);
  EXPECT_EQ((*image)->info, *made);
  EXPECT_EQ((*image)->members, (std::vector<std::pair<user_id, member_role>>{{eve->id, member_role::owner}}));
  auto events = read(made->id).events;
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0]->seq, 1u);
  EXPECT_EQ(std::get<member_added>(events[0]->what).who, eve->id);
  EXPECT_EQ(std::get<member_added>(events[0]->what).role, member_role::owner);
}

TEST_F(AccountsTest, AKeyIsTakenOnce) {
  auto taken = subject->create_room({"lobby", "Another", "", room_kind::channel, room_visibility::open, eve->id});
  EXPECT_EQ(taken.error().code, errc::already_exists);
}

TEST_F(AccountsTest, AnyNumberOfRoomsHasNoKey) {
  auto keyless = new_room{"", "Room", "", room_kind::direct, room_visibility::closed, eve->id};
  auto a = subject->create_room(keyless), b = subject->create_room(keyless);
  ASSERT_TRUE(a && b);
  EXPECT_NE(a->id, b->id);
  EXPECT_EQ((*past->load_room(a->id))->info.key, "");
  EXPECT_EQ(past->resolve(std::string()).error().code, errc::not_found);
}

TEST_F(AccountsTest, ARoomNeedsAnOwner) {
  auto ownerless = subject->create_room({"attic", "", "", room_kind::channel, room_visibility::open, user_id{999}});
  EXPECT_EQ(ownerless.error().code, errc::not_found);
  EXPECT_EQ(past->resolve(std::string("attic")).error().code, errc::not_found);
}

TEST_F(AccountsTest, ARefusalTakesNoId) {
  EXPECT_FALSE(subject->ensure_user({"ada", "", "", "", ""}));
  EXPECT_FALSE(subject->create_room({"lobby", "", "", room_kind::channel, room_visibility::open, eve->id}));
  EXPECT_EQ(person("bob")->id.value, lobby.value + 1);
}

} // namespace
} // namespace stentor::store
