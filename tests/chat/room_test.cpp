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
  EXPECT_EQ(refusal(subject, eve, add_member{bob, member_role::member}), errc::forbidden);
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

} // namespace
} // namespace stentor
