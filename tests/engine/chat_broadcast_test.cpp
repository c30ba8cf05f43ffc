#include "engine/chat_broadcast.hpp"

#include <gtest/gtest.h>

namespace stentor {
namespace {

struct ChatBroadcastTest : testing::Test {
  user_ptr ada = std::make_shared<const user>(user{{1}, "Ada", "", ""});
  wall_time at{std::chrono::milliseconds{1'795'247'296'123}};
  chat_broadcast said{{{7}, "general", room_kind::channel},
                      std::make_shared<const event>(event{{7}, 3, at, message_posted{{103}, ada, "zażółć\n", "c1", message_id{9}}})};
  chat_broadcast added{{{7}, "", room_kind::channel},
                       std::make_shared<const event>(event{{7}, 4, at, member_added{{2}, member_role::member}})};
};

TEST_F(ChatBroadcastTest, IsAPacketInSnakesWords) {
  EXPECT_EQ(said.encode(variant_of(dialect::snake)).text,
            R"(2["new_message",{"id":"103","content":"zażółć\n","channelId":"general","userId":"1",)"
            R"("createdAt":"2026-11-21T07:48:16.123Z","updatedAt":"2026-11-21T07:48:16.123Z","replyToId":"9",)"
            R"("user":{"id":"1","name":"Ada","image":null},"replyTo":null,"attachments":[],"reactions":[],"seq":3}])");
}

TEST_F(ChatBroadcastTest, IsAPacketInColonsWords) {
  EXPECT_EQ(said.encode(variant_of(dialect::colon)).text,
            R"(2["message:new",{"id":"103","conversationId":"general","senderId":"1","content":"zażółć\n",)"
            R"("sender":{"id":"1","name":"Ada","image":null},)"
            R"("createdAt":"2026-11-21T07:48:16.123Z","updatedAt":"2026-11-21T07:48:16.123Z","isRead":false,"replyToId":"9",)"
            R"("replyTo":null,"replyCount":0,"attachments":[],"reactions":[],"seq":3}])");
}

TEST_F(ChatBroadcastTest, FallsBackOnColonsWords) {
  for (const auto* spoken : dialect::all())
    EXPECT_EQ(added.encode(variant_of(*spoken)).text, R"(2["member:added",{"conversationId":"7","userId":"2","role":"member","seq":4}])");
}

TEST_F(ChatBroadcastTest, EveryDialectIsAVariantOfItsOwn) {
  EXPECT_NE(variant_of(dialect::snake), variant_of(dialect::colon));
  for (const auto* spoken : dialect::all())
    EXPECT_EQ(dialect::all()[variant_of(*spoken)], spoken);
}

} // namespace
} // namespace stentor
