#include "room_actor_test.hpp"

namespace stentor {
namespace {

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
  EXPECT_EQ(near.letters.at(0).how, lane::hint);
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

} // namespace
} // namespace stentor
