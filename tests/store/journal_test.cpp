#include "fixture.hpp"

namespace stentor::store {
namespace {

struct JournalTest : StoreTest {};

TEST_F(JournalTest, TellsWhatItStored) {
  auto done = append(post(ada, "hello", "c1"));
  ASSERT_TRUE(done.what);
  EXPECT_TRUE(done.is_new);
  const auto& posted = message(*done.what);
  EXPECT_EQ((*done.what)->room, lobby);
  EXPECT_EQ((*done.what)->at, now);
  EXPECT_EQ(posted.author, ada);
  EXPECT_EQ(posted.content, "hello");
  EXPECT_EQ(posted.client_message_id, "c1");
  EXPECT_FALSE(posted.reply_to);
}

TEST_F(JournalTest, SeqCountsOperationsOfEveryKindWithoutAGap) {
  auto first = append(lobby, {post(ada, "a"), add(ada, eve), post(eve, "b")});
  auto second = append(lobby, {add(ada, eve, member_role::moderator), post(ada, "c")});
  EXPECT_EQ(seqs({*first[0].what, *first[1].what, *first[2].what}), (std::vector<seqno>{2, 3, 4}));
  EXPECT_EQ(seqs({*second[0].what, *second[1].what}), (std::vector<seqno>{5, 6}));
  EXPECT_EQ(seqs(read(lobby).events), (std::vector<seqno>{1, 2, 3, 4, 5, 6}));
}

TEST_F(JournalTest, EveryRoomHasItsOwnSeq) {
  auto attic = room_of(eve, "attic");
  // Not in the order of their ids, and one of them twice.
  auto done = subject->append(
    std::vector{batch{attic, {post(eve, "x"), post(eve, "y")}}, batch{lobby, {post(ada, "a")}}, batch{attic, {post(eve, "z")}}});
  EXPECT_EQ((*done[0][0].what)->seq, 2u);
  EXPECT_EQ((*done[0][1].what)->seq, 3u);
  EXPECT_EQ((*done[1][0].what)->seq, 2u);
  EXPECT_EQ((*done[2][0].what)->seq, 4u);
  EXPECT_EQ(contents(messages(attic).events), (std::vector<std::string>{"x", "y", "z"}));
  EXPECT_EQ(contents(messages(lobby).events), std::vector<std::string>{"a"});
}

TEST_F(JournalTest, SeqGoesOnAfterARestart) {
  committed(post(ada, "a"));
  restart();
  EXPECT_EQ(committed(post(ada, "b"))->seq, 3u);
}

TEST_F(JournalTest, IdsAreUniqueAmongUsersRoomsAndMessages) {
  auto attic = room_of(eve, "attic");
  auto a = committed(post(ada, "a")), b = committed(attic, post(eve, "b"));
  restart();
  auto c = committed(post(ada, "c"));
  auto bob = person("bob");
  std::vector<uint64_t> ids = {ada->id.value,       eve->id.value,       lobby.value,         attic.value,
                               message(a).id.value, message(b).id.value, message(c).id.value, bob->id.value};
  EXPECT_EQ(ids, (std::vector<uint64_t>{1, 2, 3, 4, 5, 6, 7, 8}));
}

TEST_F(JournalTest, ARetryReturnsTheFirstEventAndUsesNoSeq) {
  auto first = committed(post(ada, "hello", "c1"));
  now += std::chrono::seconds(5);
  auto retry = append(post(ada, "hello", "c1"));
  ASSERT_TRUE(retry.what);
  EXPECT_FALSE(retry.is_new);
  EXPECT_EQ((*retry.what)->seq, first->seq);
  EXPECT_EQ((*retry.what)->at, first->at);
  EXPECT_EQ(message(*retry.what).id, message(first).id);
  EXPECT_EQ(message(*retry.what).content, "hello");
  EXPECT_EQ(committed(post(ada, "next", "c2"))->seq, first->seq + 1);
}

TEST_F(JournalTest, ARetryInTheSameBatchReturnsTheFirstEventAndUsesNoSeq) {
  auto done = append(lobby, {post(ada, "hello", "c1"), post(ada, "hello", "c1"), post(ada, "next", "c2")});
  EXPECT_TRUE(done[0].is_new);
  EXPECT_FALSE(done[1].is_new);
  EXPECT_EQ((*done[1].what)->seq, (*done[0].what)->seq);
  EXPECT_EQ(message(*done[1].what).id, message(*done[0].what).id);
  EXPECT_EQ((*done[2].what)->seq, (*done[0].what)->seq + 1);
  EXPECT_EQ(messages(lobby).events.size(), 2u);
}

TEST_F(JournalTest, ARetryAfterARestartReturnsTheFirstEvent) {
  auto origin = committed(post(eve, "origin"));
  auto first = committed(reply(ada, message(origin).id, "hello", "c1"));
  restart();
  auto retry = append(reply(ada, message(origin).id, "hello", "c1"));
  EXPECT_FALSE(retry.is_new);
  EXPECT_EQ((*retry.what)->seq, first->seq);
  EXPECT_EQ(message(*retry.what).id, message(first).id);
  EXPECT_EQ(message(*retry.what).reply_to, message(origin).id);
}

TEST_F(JournalTest, AKeyWithOtherContentIsRefused) {
  auto origin = committed(post(ada, "hello", "c1"));
  EXPECT_EQ(append(post(ada, "other", "c1")).what.error(), failure{errc::id_reused});
  EXPECT_EQ(append(reply(ada, message(origin).id, "hello", "c1")).what.error().code, errc::id_reused);
}

TEST_F(JournalTest, AKeyWithOtherContentInTheSameBatchIsRefused) {
  auto done = append(lobby, {post(ada, "hello", "c1"), post(ada, "other", "c1")});
  EXPECT_TRUE(done[0].is_new);
  EXPECT_EQ(done[1].what.error().code, errc::id_reused);
}

TEST_F(JournalTest, AKeyBelongsToItsAuthorAndItsRoom) {
  auto attic = room_of(eve, "attic");
  EXPECT_TRUE(append(post(ada, "hello", "c1")).is_new);
  EXPECT_TRUE(append(post(eve, "other", "c1")).is_new);
  EXPECT_TRUE(append(attic, post(ada, "other", "c1")).is_new);
}

TEST_F(JournalTest, WithoutAKeyNothingIsARetry) {
  EXPECT_TRUE(append(post(ada, "hello")).is_new);
  EXPECT_TRUE(append(post(ada, "hello")).is_new);
}

TEST_F(JournalTest, ARefusedEntryFailsAloneAndUsesNoSeq) {
  committed(post(ada, "hello", "c1"));
  auto done = append(lobby, {post(ada, "before"), post(ada, "other", "c1"), reply(ada, message_id{999}, "lost"), post(ada, "after")});
  EXPECT_EQ((*done[0].what)->seq, 3u);
  EXPECT_EQ(done[1].what.error().code, errc::id_reused);
  EXPECT_EQ(done[2].what.error().code, errc::message_not_found);
  EXPECT_EQ((*done[3].what)->seq, 4u);
  EXPECT_EQ(contents(messages(lobby).events), (std::vector<std::string>{"hello", "before", "after"}));
}

TEST_F(JournalTest, AReplyNeedsAMessageOfItsRoom) {
  auto attic = room_of(eve, "attic");
  auto here = message(committed(post(ada, "here"))).id;
  auto there = message(committed(attic, post(eve, "there"))).id;
  EXPECT_EQ(message(committed(reply(ada, here, "yes"))).reply_to, here);
  for (auto to : {there, message_id{999}, message_id{ada->id.value}, message_id{~0ull}})
    EXPECT_EQ(append(reply(ada, to, "no")).what.error(),
              (failure{errc::message_not_found, "Original message not found or has been deleted"}));
}

TEST_F(JournalTest, AnUnknownRoomIsNotFoundAndFailsAlone) {
  auto done =
    subject->append(std::vector{batch{room_id{999}, {post(ada, "a", "c1"), post(ada, "a", "c1")}}, batch{lobby, {post(ada, "b")}}});
  EXPECT_EQ(done[0][0].what.error(), failure{errc::not_found});
  EXPECT_EQ(done[0][1].what.error().code, errc::not_found);
  EXPECT_TRUE(done[1][0].is_new);
}

TEST_F(JournalTest, AnEntryThatBreaksAConstraintFailsAlone) {
  auto ghost = std::make_shared<const user>(user{user_id{999}, "ghost", "", ""});
  auto attic = room_of(eve, "attic");
  auto done = subject->append(std::vector{batch{lobby, {post(ada, "a", "c1"), post(ghost, "boo"), post(ada, "a", "c1"), post(ada, "b")}},
                                          batch{attic, {post(eve, "c")}}});
  EXPECT_EQ((*done[0][0].what)->seq, 2u);
  EXPECT_EQ(done[0][1].what.error().code, errc::not_found);
  EXPECT_FALSE(done[0][2].is_new);
  EXPECT_EQ((*done[0][2].what)->seq, 2u);
  EXPECT_EQ((*done[0][3].what)->seq, 3u);
  EXPECT_EQ((*done[1][0].what)->seq, 2u);
  EXPECT_EQ(seqs(read(lobby).events), (std::vector<seqno>{1, 2, 3}));
}

TEST_F(JournalTest, ATransactionThatFailsLeavesNothingBehind) {
  auto ghost = std::make_shared<const user>(user{user_id{999}, "ghost", "", ""});
  auto before = query_number(*writer, "SELECT last FROM id_sequence");
  EXPECT_FALSE(append(post(ghost, "boo", "c1")).what);
  EXPECT_EQ(query_number(*writer, "SELECT last FROM id_sequence"), before);
  EXPECT_EQ(query_number(*writer, "SELECT last_seq + message_count FROM room"), 1);
  EXPECT_EQ(query_number(*writer, "SELECT COUNT(*) FROM message"), 0);
  EXPECT_EQ(query_number(*writer, "SELECT COUNT(*) FROM operation"), 1);
}

TEST_F(JournalTest, AMemberIsAddedOnce) {
  auto done = append(add(ada, eve));
  ASSERT_TRUE(done.what);
  auto added = std::get<member_added>((*done.what)->what);
  EXPECT_EQ(added.who, eve->id);
  EXPECT_EQ(added.role, member_role::member);
  EXPECT_EQ(append(add(ada, eve)).what.error().code, errc::already_exists);
  EXPECT_EQ(read(lobby).events.size(), 2u);
}

TEST_F(JournalTest, AMemberAddedTwiceInOneBatchIsAddedOnce) {
  auto done = append(lobby, {add(ada, eve), add(ada, eve), add(ada, eve, member_role::muted), add(ada, eve, member_role::muted)});
  EXPECT_TRUE(done[0].is_new);
  EXPECT_EQ(done[1].what.error().code, errc::already_exists);
  EXPECT_TRUE(done[2].is_new);
  EXPECT_EQ(done[3].what.error().code, errc::already_exists);
}

TEST_F(JournalTest, AddingAMemberWithAnotherRoleChangesTheRole) {
  committed(add(ada, eve));
  committed(add(ada, eve, member_role::moderator));
  auto image = past->load_room(lobby);
  ASSERT_TRUE(image);
  EXPECT_EQ((*image)->members,
            (std::vector<std::pair<user_id, member_role>>{{ada->id, member_role::owner}, {eve->id, member_role::moderator}}));
}

TEST_F(JournalTest, AnUnknownUserBecomesNoMember) {
  auto done = append(lobby, {{ada, add_member{user_id{999}}}, post(ada, "a")});
  EXPECT_EQ(done[0].what.error(), (failure{errc::not_found, "User not found"}));
  EXPECT_TRUE(done[1].is_new);
}

TEST_F(JournalTest, TextsAreStoredVerbatim) {
  std::vector<std::string> texts = {
    "'; DROP TABLE message; --", "\" OR 1=1", "%_\\", ":content", "?1 @x $y", "", std::string("a\0b", 3), "\xf0\x9f\x90\xbb \u202e",
    std::string(70'000, 'x')};
  for (const auto& text : texts)
    EXPECT_TRUE(append(post(ada, text, "key " + text)).is_new);
  restart();
  EXPECT_EQ(contents(messages(lobby).events), texts);
  for (const auto& text : texts)
    EXPECT_FALSE(append(post(ada, text, "key " + text)).is_new);
}

TEST_F(JournalTest, AnEmptyAppendIsAnsweredEmpty) {
  EXPECT_TRUE(subject->append({}).empty());
  EXPECT_TRUE(append(lobby, std::vector<entry>{}).empty());
}

TEST_F(JournalTest, MessagesHaveOrdinalsAndRoomsTheirCount) {
  append(lobby, {post(ada, "a"), add(ada, eve), post(eve, "b")});
  committed(post(ada, "c"));
  EXPECT_EQ(query_number(*writer, "SELECT message_count FROM room"), 3);
  EXPECT_EQ(query_text(*writer, "SELECT group_concat(ordinal) FROM (SELECT ordinal FROM message ORDER BY seq)"), "1,2,3");
  EXPECT_EQ(query_text(*writer, "SELECT group_concat(message_count) FROM (SELECT message_count FROM operation ORDER BY seq)"), "0,1,1,2,3");
}

TEST_F(JournalTest, AReaderSeesNothingBeforeTheCommit) {
  writer->session() << "BEGIN IMMEDIATE";
  writer->session() << "UPDATE room SET last_seq = 7";
  EXPECT_EQ((*past->load_room(lobby))->info.last_seq, 1u);
  writer->session() << "ROLLBACK";
}

} // namespace
} // namespace stentor::store
