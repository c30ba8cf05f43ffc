#include "fixture.hpp"

namespace stentor::store {
namespace {

/// Edits, deletions, reactions, members and rooms as they are stored, and as they are read again.
struct OperationsTest : StoreTest {
  event_ptr hello = committed(post(ada, "hello", "c1"));
  message_id id = message(hello).id;

  static entry edit(const user_ptr& who, message_id what, const std::string& content, const std::string& key = "") {
    return {who, edit_message{what, content, key}};
  }
  static entry erase(const user_ptr& who, message_id what, const std::string& key = "", whose reach = whose::own) {
    return {who, delete_message{what, key, reach}};
  }
  static entry react(const user_ptr& who, message_id what, const std::string& emoji) { return {who, add_reaction{what, emoji}}; }
  static entry unreact(const user_ptr& who, message_id what, const std::string& emoji) { return {who, remove_reaction{what, emoji}}; }

  errc refusal(entry one) { return append(std::move(one)).what.error().code; }
  /// Kinds of what happened after a position, by their places.
  std::vector<size_t> kinds(seqno after = 0) {
    std::vector<size_t> all;
    for (const auto& what : read(lobby, {range::direction::after, after, 100}).events)
      all.push_back(what->what.index());
    return all;
  }
  std::string everything_stored() {
    return query_text(
      *writer, "SELECT COALESCE(GROUP_CONCAT(content), '') || (SELECT COALESCE(GROUP_CONCAT(detail), '') FROM operation) FROM message");
  }
  member_role role_of(const user_ptr& who) {
    for (const auto& [member, role] : (*past->load_room(lobby))->members)
      if (member == who->id)
        return role;
    throw std::runtime_error("no member");
  }
  uint64_t unread(const user_ptr& who) { return past->room_of(who->id, lobby)->unread; }
};

TEST_F(OperationsTest, AnEditChangesTheMessageAndIsToldAsItWas) {
  auto first = committed(edit(ada, id, "second"));
  committed(edit(ada, id, "third"));
  EXPECT_EQ(first->seq, hello->seq + 1);
  EXPECT_EQ(first->by, ada->id);
  auto now = messages(lobby).events.at(0);
  EXPECT_EQ(message(now).content, "third");
  EXPECT_EQ(message(now).edited_at, this->now);
  auto then = read(lobby).events;
  EXPECT_EQ(message(then.at(1)).content, "hello");
  EXPECT_FALSE(message(then.at(1)).edited_at);
  EXPECT_EQ(std::get<message_edited>(then.at(2)->what).content, "second");
  EXPECT_EQ(std::get<message_edited>(then.at(3)->what).content, "third");
}

TEST_F(OperationsTest, OnlyItsAuthorEditsAMessageThatIsThere) {
  auto attic = room_of(eve, "attic");
  EXPECT_EQ(refusal(edit(eve, id, "mine")), errc::not_the_author);
  EXPECT_EQ(refusal(edit(ada, {999}, "x")), errc::message_not_found);
  EXPECT_EQ(append(attic, edit(ada, id, "x")).what.error().code, errc::message_not_found);
  committed(erase(ada, id));
  EXPECT_EQ(refusal(edit(ada, id, "x")), errc::message_not_found);
  EXPECT_EQ(read(lobby).events.back()->seq, 3u) << "a refusal takes no seq";
}

TEST_F(OperationsTest, ARefusedEditRefusesNothingElse) {
  auto done = append(lobby, {edit(ada, id, "a"), edit(eve, id, "b"), post(eve, "c"), erase(ada, id), edit(ada, id, "d"), post(ada, "e")});
  EXPECT_TRUE(done[0].what && done[2].what && done[3].what && done[5].what);
  EXPECT_EQ(done[1].what.error().code, errc::not_the_author);
  EXPECT_EQ(done[4].what.error().code, errc::message_not_found) << "an entry sees what those before it did";
  EXPECT_EQ((*done[5].what)->seq, hello->seq + 4);
}

TEST_F(OperationsTest, ARetryOfAnEditOrADeletionHasTheFirstAnswer) {
  auto edited = committed(edit(ada, id, "second", "e1"));
  auto retry = append(edit(ada, id, "second", "e1"));
  EXPECT_FALSE(retry.is_new);
  EXPECT_EQ((*retry.what)->seq, edited->seq);
  EXPECT_EQ(append(edit(ada, id, "other", "e1")).what.error(), (failure{errc::id_reused, "clientOpId reused"}));
  EXPECT_EQ(refusal(erase(ada, id, "e1")), errc::id_reused);
  auto deleted = committed(erase(ada, id, "d1"));
  auto again = append(lobby, {erase(ada, id, "d1"), erase(ada, id, "d2")});
  EXPECT_FALSE(again[0].is_new);
  EXPECT_EQ((*again[0].what)->seq, deleted->seq);
  EXPECT_EQ(again[1].what.error().code, errc::already_deleted);
  EXPECT_EQ(refusal(edit(ada, id, "second", "e1")), errc::message_not_found);
}

TEST_F(OperationsTest, ARetryOfAMessageIsKnownAfterItsEditAndRefusedAfterItsDeletion) {
  committed(edit(ada, id, "second"));
  auto retry = append(post(ada, "hello", "c1"));
  EXPECT_FALSE(retry.is_new);
  EXPECT_EQ((*retry.what)->seq, hello->seq);
  committed(erase(ada, id));
  EXPECT_EQ(refusal(post(ada, "hello", "c1")), errc::already_deleted);
}

TEST_F(OperationsTest, OfADeletedMessageOnlyTheDeletionIsLeft) {
  committed(edit(ada, id, "secret"));
  committed(react(eve, id, "!"));
  committed(unreact(eve, id, "!"));
  committed(react(eve, id, "?"));
  auto answer = committed(reply(eve, id, "what?"));
  EXPECT_EQ(message(message(answer).quoted).content, "secret");
  committed(erase(ada, id));
  EXPECT_EQ(kinds(), (std::vector{kind_of<member_added>, kind_of<message_posted>, kind_of<message_deleted>}));
  EXPECT_EQ(read(lobby).reached, 8u);
  EXPECT_EQ(contents(messages(lobby).events), std::vector<std::string>{"what?"});
  EXPECT_EQ(message(messages(lobby).events.at(0)).quoted, nullptr);
  EXPECT_EQ(everything_stored().find("secret"), std::string::npos) << everything_stored();
  EXPECT_EQ(everything_stored().find("hello"), std::string::npos) << everything_stored();
  EXPECT_EQ(query_number(*writer, "SELECT COUNT(*) FROM reaction"), 0);
}

TEST_F(OperationsTest, DeletionsReachAsFarAsTheRoomSays) {
  EXPECT_EQ(refusal(erase(eve, id)), errc::not_the_author);
  EXPECT_EQ(committed(erase(eve, id, "", whose::anyones))->by, eve->id);
  EXPECT_EQ(refusal(erase(eve, id)), errc::already_deleted);
  EXPECT_EQ(refusal(erase(eve, {999}, "", whose::anyones)), errc::message_not_found);
}

TEST_F(OperationsTest, AReactionIsOnePerUserAndEmoji) {
  auto added = committed(react(eve, id, "!"));
  auto again = append(lobby, {react(eve, id, "!"), react(ada, id, "!"), react(eve, id, "?")});
  EXPECT_FALSE(again[0].is_new);
  EXPECT_EQ((*again[0].what)->seq, added->seq);
  auto reactions = message(messages(lobby).events.at(0)).reactions;
  ASSERT_EQ(reactions.size(), 3u);
  EXPECT_EQ(reactions[0].id, std::get<reaction_added>(added->what).what.id);
  EXPECT_EQ(reactions[1].who->name, "ada");
  committed(unreact(eve, id, "!"));
  EXPECT_EQ(refusal(unreact(eve, id, "!")), errc::message_not_found);
  EXPECT_EQ(refusal(react(eve, {999}, "!")), errc::message_not_found);
  EXPECT_EQ(message(messages(lobby).events.at(0)).reactions.size(), 2u);
  for (auto i = 0; i < 19; ++i)
    committed(react(eve, id, std::to_string(i)));
  EXPECT_EQ(refusal(react(eve, id, "one more")), errc::forbidden);
}

TEST_F(OperationsTest, AReplyBringsAlongWhatItAnswersOneLevelDeep) {
  auto second = message(committed(reply(eve, id, "second"))).id;
  auto third = committed(reply(ada, second, "third"));
  for (const auto& what : {third, messages(lobby).events.back(), read(lobby).events.back()}) {
    EXPECT_EQ(message(message(what).quoted).content, "second");
    EXPECT_EQ(message(message(what).quoted).reply_to, id);
    EXPECT_EQ(message(message(what).quoted).quoted, nullptr);
  }
}

TEST_F(OperationsTest, OfALongMessageOnlyTheBeginningIsQuoted) {
  auto origin = message(committed(post(ada, std::string(1023, 'x') + "żyje"))).id; // the letter lies across the bound
  for (const auto& what : {committed(reply(eve, origin, "yes")), messages(lobby).events.back(), read(lobby).events.back()})
    EXPECT_EQ(message(message(what).quoted).content, std::string(1023, 'x'));
  auto letters = std::string{};
  for (auto i = 0; i < 2000; ++i)
    letters += "ż";
  origin = message(committed(post(ada, letters))).id;
  EXPECT_EQ(message(message(committed(reply(eve, origin, "yes"))).quoted).content, letters.substr(0, 1024));
}

TEST_F(OperationsTest, WhoWasMutedIsStillWhenTheyComeBackByThemselves) {
  committed(add(ada, eve, member_role::muted));
  committed({eve, remove_member{eve->id}});
  EXPECT_EQ(refusal({ada, remove_member{eve->id}}), errc::not_found);
  EXPECT_EQ(std::get<member_added>(committed(add(eve, eve))->what).role, member_role::muted);
  committed({ada, remove_member{eve->id}});
  committed(add(ada, eve));
  EXPECT_EQ(role_of(eve), member_role::member) << "but for whom someone else lets in";
  committed({ada, change_role{eve->id, member_role::moderator}});
  EXPECT_EQ(role_of(eve), member_role::moderator);
  EXPECT_EQ(refusal({ada, change_role{{999}, member_role::member}}), errc::not_found);
}

TEST_F(OperationsTest, ARoomChangesOnlyWhatIsSet) {
  committed({ada, change_room{"New name", {}, {}}});
  committed({ada, change_room{{}, "", room_visibility::closed}});
  auto info = (*past->load_room(lobby))->info;
  EXPECT_EQ(std::tuple(info.name, info.topic, info.visibility), std::tuple("New name", "", room_visibility::closed));
  auto events = read(lobby).events;
  EXPECT_EQ(std::get<room_changed>(events.at(2)->what).name, "New name");
  EXPECT_FALSE(std::get<room_changed>(events.at(2)->what).topic);
  EXPECT_EQ(std::get<room_changed>(events.at(3)->what).topic, "");
  EXPECT_EQ(std::get<room_changed>(events.at(3)->what).visibility, room_visibility::closed);
}

TEST_F(OperationsTest, ADeletedRoomIsGoneAndItsKeyFree) {
  committed({ada, delete_room{}});
  EXPECT_EQ(past->resolve(lobby).error().code, errc::not_found);
  EXPECT_EQ(past->resolve(std::string("lobby")).error().code, errc::not_found);
  EXPECT_EQ(past->load_room(lobby).error().code, errc::not_found);
  EXPECT_TRUE(past->rooms_of(ada->id)->empty());
  EXPECT_EQ(refusal(post(ada, "anyone?")), errc::not_found);
  EXPECT_NE(room_of(eve, "lobby"), lobby);
}

TEST_F(OperationsTest, UnreadIsWhatStandsBehindTheCursor) {
  committed(add(ada, eve));
  EXPECT_EQ(unread(eve), 0u) << "what was said before one came is not unread";
  auto one = committed(post(ada, "1")), two = committed(post(ada, "2")), three = committed(post(ada, "3"));
  EXPECT_EQ(unread(eve), 3u);
  EXPECT_EQ(unread(ada), 0u) << "who speaks has read";
  committed(erase(ada, message(two).id));
  committed(edit(ada, message(three).id, "third"));
  EXPECT_EQ(unread(eve), 2u);
  auto move = [this](const cursor& to) { return subject->commit({}, std::span(&to, 1)).cursors.at(0); };
  EXPECT_TRUE(move({lobby, eve->id, one->seq}));
  EXPECT_EQ(unread(eve), 1u);
  EXPECT_TRUE(move({lobby, eve->id, 1}));
  EXPECT_EQ(unread(eve), 1u) << "never back";
  EXPECT_EQ(move({lobby, {999}, 1}).error().code, errc::not_found);
  EXPECT_EQ(past->room_of(user_id{999}, lobby).error().code, errc::not_found);
}

TEST_F(OperationsTest, MembersAreReadByPages) {
  auto bob = person("bob");
  committed(add(ada, eve, member_role::banned));
  committed(add(ada, bob, member_role::muted));
  auto names = [&](const member_range& which) {
    std::string all;
    auto page = past->members_of(lobby, which);
    for (const auto& [who, role] : page->members)
      all += who.name + " ";
    return all + (page->has_more ? "…" : "");
  };
  EXPECT_EQ(names({}), "ada bob ");
  EXPECT_EQ(names({.least = member_role::banned}), "ada eve bob ");
  EXPECT_EQ(names({.limit = 1}), "ada …");
  EXPECT_EQ(names({.after = ada->id, .limit = 1}), "bob ");
}

TEST_F(OperationsTest, PagesAreFullHoweverManyMessagesAreDeleted) {
  auto all = std::vector{id};
  for (auto i = 2; i <= 23; ++i)
    all.push_back(message(committed(post(ada, std::to_string(i)))).id);
  auto page = [&](uint64_t number) { return read(lobby, {range::direction::page, number, 5, true}); };
  EXPECT_EQ(contents(page(1).events), (std::vector<std::string>{"19", "20", "21", "22", "23"}));
  EXPECT_EQ(page(1).total, 23u);
  for (auto gone : {23, 21, 20, 17, 16, 1})
    committed(erase(ada, all[static_cast<size_t>(gone - 1)]));
  EXPECT_EQ(contents(page(1).events), (std::vector<std::string>{"14", "15", "18", "19", "22"}));
  EXPECT_EQ(contents(page(2).events), (std::vector<std::string>{"9", "10", "11", "12", "13"}));
  EXPECT_EQ(contents(page(3).events), (std::vector<std::string>{"4", "5", "6", "7", "8"}));
  EXPECT_EQ(contents(page(4).events), (std::vector<std::string>{"2", "3"}));
  EXPECT_TRUE(page(3).has_more);
  EXPECT_FALSE(page(4).has_more);
  EXPECT_EQ(page(4).total, 17u);
  EXPECT_TRUE(page(5).events.empty());
  EXPECT_TRUE(page(~0ull).events.empty());
}

} // namespace
} // namespace stentor::store
