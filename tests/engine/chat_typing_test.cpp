// Who types, and in how many rooms.

#include "chat_test.hpp"

namespace stentor {
namespace {

struct TypingTest : ChatSocketTest {
  TypingTest() {
    config.limits.rooms_per_socket_max = 1;
    for (auto room : {lobby, attic})
      rooms[room].hints.always = [this, room](const tell_hint&) -> result<hinted> { return hinted{found[room].room}; };
  }
  texts say_typing(const std::string& event, const std::string& room) {
    return emit(client, event, R"({"channelId":")" + room + R"("})", "0");
  }
  bool start(const std::string& room) { return say_typing("typing_start", room) == accepted(room); }
  bool stop(const std::string& room) { return say_typing("typing_stop", room) == accepted(room); }
  static texts accepted(const std::string& room) { return {R"(430[{"ok":true,"channelId":")" + room + R"("}])"}; }
};

TEST_F(TypingTest, TypesInAtMostSoManyRoomsAtOnce) {
  EXPECT_TRUE(start("7"));
  EXPECT_EQ(say_typing("typing_start", "attic"), texts{R"(430[{"ok":false,"error":"Too many rooms on this socket","code":"too_many"}])"});
  EXPECT_TRUE(rooms[attic].hints.seen.empty());
  EXPECT_TRUE(start("7")) << "where it types already";
}

TEST_F(TypingTest, WhoHasStoppedMayTypeElsewhere) {
  EXPECT_TRUE(start("7"));
  EXPECT_TRUE(stop("7"));
  EXPECT_TRUE(start("attic"));
  hang_up(client);
  EXPECT_TRUE(rooms[lobby].leaves.empty());
  EXPECT_EQ(rooms[attic].leaves.size(), 1u);
}

TEST_F(TypingTest, StoppingWhereOneDoesNotTypeTakesUpNoPlace) {
  EXPECT_TRUE(stop("7"));
  EXPECT_TRUE(start("attic"));
  EXPECT_TRUE(stop("7"));
}

TEST_F(TypingTest, WhoHasLeftMayTypeElsewhere) {
  enter_lobby();
  EXPECT_TRUE(start("7"));
  emit(client, "leave_channel", R"({"channelId":7})");
  EXPECT_TRUE(start("attic"));
}

TEST_F(TypingTest, WhoStartsAgainBeforeTheStopIsAnsweredTakesLeaveOfTheRoom) {
  rooms[lobby].hints.always = nullptr;
  start("7"), stop("7"), start("7");
  for (auto i = 0; i < 3; ++i)
    rooms[lobby].hints.answer(hinted{found[lobby].room});
  settle();
  hang_up(client);
  EXPECT_EQ(rooms[lobby].leaves.size(), 1u);
}

TEST_F(ChatSocketTest, WhoTypesWithoutHavingJoinedTakesLeaveOfTheRoomToo) {
  emit(client, "typing_start", R"({"channelId":7})");
  rooms[lobby].hints.answer(hinted{found[lobby].room});
  emit(client, "typing_start", R"({"channelId":"attic"})");
  rooms[attic].hints.answer(errc::not_a_member);
  settle();
  hang_up(client);
  ASSERT_EQ(rooms[lobby].leaves.size(), 1u);
  EXPECT_EQ(rooms[lobby].leaves[0].listener.connection, rooms[lobby].hints.seen[0].where);
  EXPECT_TRUE(rooms[attic].leaves.empty());
}

} // namespace
} // namespace stentor
