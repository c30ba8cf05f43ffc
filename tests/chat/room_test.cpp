#include "chat/room.hpp"

#include <gtest/gtest.h>

namespace stentor {
namespace {

constexpr auto ada = user_id{1};
constexpr auto bob = user_id{2};
constexpr auto eve = user_id{3};

room_info about(room_visibility visibility) {
  return {.id = {7},
          .key = {},
          .name = "lobby",
          .topic = {},
          .kind = room_kind::channel,
          .visibility = visibility,
          .last_seq = 0,
          .created_at = {}};
}

event_ptr said(seqno seq, std::string content = "hello") {
  auto author = std::make_shared<const user>(user{.id = ada, .name = "ada", .email = {}, .image = {}});
  return std::make_shared<const event>(event{{7}, seq, wall_time{}, message_posted{{100 + seq}, author, std::move(content), {}, {}}});
}

event_ptr answered(seqno seq, std::string content) {
  auto reply = *said(seq, "x");
  std::get<message_posted>(reply.what).quoted = said(1, std::move(content));
  std::get<message_posted>(reply.what).reply_to = message_id{101};
  return std::make_shared<const event>(std::move(reply));
}

struct RoomTest : testing::Test {
  room subject{about(room_visibility::open), {.message_bytes_max = 6000, .tail_operations_max = 3, .tail_bytes_max = 4096}};
  room secret{about(room_visibility::closed)};

  RoomTest() {
    for (auto* x : {&subject, &secret}) {
      x->admit(ada, member_role::owner);
      x->admit(bob, member_role::muted);
    }
  }
  errc refusal(const room& from, user_id who, operation what) { return from.decide(who, std::move(what)).error().code; }
  std::vector<seqno> seqs(std::optional<std::vector<event_ptr>> events) {
    std::vector<seqno> all;
    for (const auto& x : events.value())
      all.push_back(x->seq);
    return all;
  }
};

TEST_F(RoomTest, LetsAMemberPost) {
  EXPECT_TRUE(subject.decide(ada, post_message{"hello", "c1", {}}));
}

TEST_F(RoomTest, RefusesPostsOfTheMutedTheBannedAndStrangers) {
  subject.admit({4}, member_role::banned);
  EXPECT_EQ(refusal(subject, bob, post_message{"hi", {}, {}}), errc::forbidden);
  EXPECT_EQ(refusal(subject, {4}, post_message{"hi", {}, {}}), errc::forbidden);
  EXPECT_EQ(refusal(subject, eve, post_message{"hi", {}, {}}), errc::not_a_member);
}

TEST_F(RoomTest, RefusesAMessageThatIsTooLong) {
  EXPECT_TRUE(subject.decide(ada, post_message{std::string(6000, 'x'), {}, {}}));
  EXPECT_EQ(refusal(subject, ada, post_message{std::string(6001, 'x'), {}, {}}), errc::too_large);
}

TEST_F(RoomTest, AStrangerCannotTellAClosedRoomFromNone) {
  EXPECT_EQ(refusal(secret, eve, post_message{"hi", {}, {}}), errc::not_found);
  EXPECT_EQ(refusal(secret, eve, add_member{eve, member_role::member}), errc::not_found);
  EXPECT_EQ(secret.may_hear(eve).error().code, errc::not_found);
}

TEST_F(RoomTest, AnyoneJoinsAnOpenRoomOnceAndOnlyForThemselves) {
  EXPECT_TRUE(subject.decide(eve, add_member{eve, member_role::member}));
  EXPECT_EQ(refusal(subject, ada, add_member{ada, member_role::member}), errc::already_exists);
  EXPECT_EQ(refusal(subject, eve, add_member{bob, member_role::member}), errc::not_a_member);
  EXPECT_EQ(refusal(subject, eve, add_member{eve, member_role::owner}), errc::forbidden);
}

TEST_F(RoomTest, ABannedUserNeitherHearsNorComesBack) {
  subject.admit(eve, member_role::banned);
  EXPECT_EQ(subject.may_hear(eve).error().code, errc::forbidden);
  EXPECT_EQ(refusal(subject, eve, add_member{eve, member_role::member}), errc::forbidden);
}

TEST_F(RoomTest, AMemberAddedByACommitMayPost) {
  subject.apply(std::make_shared<const event>(event{{7}, 1, wall_time{}, member_added{eve, member_role::member}}));
  EXPECT_TRUE(subject.decide(eve, post_message{"hi", {}, {}}));
}

TEST_F(RoomTest, TheTailGivesWhatWasMissedAsFarAsItReaches) {
  for (seqno seq = 1; seq <= 5; ++seq)
    subject.apply(said(seq));
  EXPECT_EQ(seqs(subject.since(5)), std::vector<seqno>{});
  EXPECT_EQ(seqs(subject.since(2)), (std::vector<seqno>{3, 4, 5}));
  EXPECT_EQ(seqs(subject.since(4)), std::vector<seqno>{5});
  EXPECT_FALSE(subject.since(1)) << "older than the tail: to be read";
  EXPECT_EQ(seqs(subject.since(99)), std::vector<seqno>{}) << "a position from the future has missed nothing";
}

TEST_F(RoomTest, TheTailIsBoundedInBytesEvenForOneMessage) {
  subject.apply(said(1, std::string(5000, 'x')));
  EXPECT_FALSE(subject.since(0));
  EXPECT_EQ(subject.last_seq(), 1u);
}

TEST_F(RoomTest, WhatIsQuotedWeighsInTheTail) {
  for (seqno seq = 1; seq <= 3; ++seq)
    subject.apply(answered(seq, std::string(2500, 'x')));
  EXPECT_FALSE(subject.since(1));
  EXPECT_EQ(seqs(subject.since(2)), std::vector<seqno>{3});
  auto deletion = *said(4);
  deletion.what = message_deleted{{101}, {}};
  subject.apply(std::make_shared<const event>(deletion));
  subject.apply(said(5, std::string(2500, 'x')));
  EXPECT_EQ(seqs(subject.since(2)), (std::vector<seqno>{3, 4, 5})) << "without what it quoted it weighs little";
}

TEST(event_size, OnTheWireIsThatOfTheTextAsJson) {
  EXPECT_EQ(wire_bytes(*said(1, "\x01\"\\é")), wire_bytes(*said(1, "")) + 6 + 2 + 2 + 2);
  EXPECT_EQ(wire_bytes(*answered(2, "12345")), wire_bytes(*said(2, "x")) + wire_bytes(*said(1, "12345")));
}

// -- who may do what ----------------------------------------------------------

/// An open room with one of each role, and someone of the role that is asked about.
struct RoomRightsTest : testing::Test {
  static constexpr auto owner = user_id{10}, moderator = user_id{11}, member = user_id{12}, muted = user_id{13}, banned = user_id{14},
                        stranger = user_id{15};
  room subject{about(room_visibility::open)};

  RoomRightsTest() {
    subject.admit(owner, member_role::owner);
    subject.admit(moderator, member_role::moderator);
    subject.admit(member, member_role::member);
    subject.admit(muted, member_role::muted);
    subject.admit(banned, member_role::banned);
  }

  /// Who of them may, by letters: o, m, n, u, b, s.
  std::string who_may(const operation& what) {
    std::string may;
    for (auto [who, letter] : {std::pair{owner, 'o'}, {moderator, 'm'}, {member, 'n'}, {muted, 'u'}, {banned, 'b'}, {stranger, 's'}})
      if (subject.decide(who, what))
        may += letter;
    return may;
  }
  errc refusal(user_id who, operation what) { return subject.decide(who, std::move(what)).error().code; }
  void happens(happening what) {
    subject.apply(std::make_shared<const event>(event{{7}, subject.last_seq() + 1, wall_time{}, std::move(what)}));
  }
};

TEST_F(RoomRightsTest, EachOperationHasALeastRole) {
  EXPECT_EQ(who_may(post_message{"hi", {}, {}}), "omn");
  EXPECT_EQ(who_may(edit_message{{1}, "hi", {}}), "omn");
  EXPECT_EQ(who_may(delete_message{{1}, {}}), "omn");
  EXPECT_EQ(who_may(add_reaction{{1}, "x"}), "omn");
  EXPECT_EQ(who_may(remove_reaction{{1}, "x"}), "omn");
  EXPECT_EQ(who_may(add_member{{99}}), "om");
  EXPECT_EQ(who_may(change_room{"name", {}, {}}), "o");
  EXPECT_EQ(who_may(delete_room{}), "o");
}

TEST_F(RoomRightsTest, ModeratorsDecideOnThoseBelowThem) {
  for (auto whom : {member, muted, banned}) {
    EXPECT_TRUE(subject.decide(moderator, remove_member{whom}));
    EXPECT_EQ(refusal(moderator, change_role{whom, member_role::moderator}), errc::forbidden);
  }
  EXPECT_TRUE(subject.decide(moderator, change_role{member, member_role::banned}));
  EXPECT_TRUE(subject.decide(moderator, change_role{banned, member_role::member}));
  for (auto whom : {owner, moderator})
    EXPECT_EQ(refusal(moderator, change_role{whom, member_role::muted}), errc::forbidden);
  EXPECT_EQ(refusal(moderator, remove_member{owner}), errc::forbidden);
  EXPECT_EQ(refusal(moderator, add_member{{99}, member_role::moderator}), errc::forbidden);
  EXPECT_TRUE(subject.decide(owner, add_member{{99}, member_role::owner}));
  EXPECT_EQ(refusal(owner, change_role{stranger, member_role::member}), errc::not_found);
  EXPECT_EQ(refusal(owner, change_role{member, member_role::member}), errc::already_exists);
}

TEST_F(RoomRightsTest, OnlyModeratorsReachTheMessagesOfOthers) {
  auto reach = [&](user_id who) { return std::get<delete_message>(*subject.decide(who, delete_message{{1}, {}, whose::anyones})).reach; };
  EXPECT_EQ(reach(member), whose::own);
  EXPECT_EQ(reach(moderator), whose::anyones);
}

TEST_F(RoomRightsTest, AnyoneLeavesButTheLastOwnerAndTheBanned) {
  for (auto who : {moderator, member, muted})
    EXPECT_TRUE(subject.decide(who, remove_member{who}));
  EXPECT_EQ(refusal(banned, remove_member{banned}), errc::forbidden) << "they would come back";
  EXPECT_EQ(refusal(stranger, remove_member{stranger}), errc::not_a_member);
  EXPECT_EQ(refusal(owner, remove_member{owner}), errc::last_owner);
  EXPECT_EQ(refusal(owner, change_role{owner, member_role::member}), errc::last_owner);
  happens(role_changed{moderator, member_role::owner});
  EXPECT_TRUE(subject.decide(owner, remove_member{owner}));
  EXPECT_TRUE(subject.decide(owner, change_role{owner, member_role::member}));
}

TEST_F(RoomRightsTest, RightsFollowWhatHappens) {
  happens(role_changed{member, member_role::muted});
  EXPECT_EQ(subject.may_speak(member).error().detail, "You are muted in this room");
  EXPECT_TRUE(subject.may_hear(member));
  happens(member_removed{member});
  EXPECT_EQ(subject.may_hear(member).error().code, errc::not_a_member);
  happens(room_changed{{}, "topic", room_visibility::closed});
  EXPECT_EQ(subject.info().topic, "topic");
  EXPECT_EQ(subject.may_hear(member).error().code, errc::not_found);
  EXPECT_EQ(subject.may_hear(banned).error().code, errc::not_found);
  happens(room_deleted{});
  EXPECT_EQ(subject.may_hear(owner).error().code, errc::not_found);
}

TEST_F(RoomRightsTest, TheBannedAreNotCounted) {
  EXPECT_EQ(subject.member_count(), 4u);
  happens(role_changed{banned, member_role::member});
  EXPECT_EQ(subject.member_count(), 5u);
}

TEST_F(RoomRightsTest, WhatChangesRightsIsKnown) {
  EXPECT_FALSE(changes_rights(post_message{}));
  EXPECT_FALSE(changes_rights(remove_reaction{}));
  EXPECT_TRUE(changes_rights(add_member{}));
  EXPECT_TRUE(changes_rights(change_room{}));
  EXPECT_TRUE(changes_rights(delete_room{}));
}

TEST_F(RoomRightsTest, TheTailTellsOfADeletedMessageItsDeletionOnly) {
  auto message = [&](uint64_t id, std::string text, event_ptr quoted = {}) {
    auto author = std::make_shared<const user>(user{member, "ada", "", ""});
    auto reply_to = quoted ? std::optional(std::get<message_posted>(quoted->what).id) : std::nullopt;
    return message_posted{{id}, author, std::move(text), {}, reply_to, std::move(quoted)};
  };
  happens(message(100, "secret"));
  auto secret = subject.since(0)->front();
  happens(message_edited{{100}, "secret", {}});
  happens(message(101, "a reply", secret));
  happens(reaction_added{{100}, {}});
  happens(message_deleted{{100}, {}});
  auto missed = *subject.since(0);
  ASSERT_EQ(missed.size(), 2u);
  EXPECT_EQ(missed[0]->seq, 3u);
  EXPECT_EQ(std::get<message_posted>(missed[0]->what).quoted, nullptr);
  EXPECT_TRUE(std::holds_alternative<message_deleted>(missed[1]->what));
}

} // namespace
} // namespace stentor
