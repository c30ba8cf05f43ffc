#include "engine/chat_broadcast.hpp"

#include <gtest/gtest.h>

namespace stentor {
namespace {

struct ChatBroadcastTest : testing::Test {
  user_ptr ada = std::make_shared<const user>(user{{1}, "Ada", "", ""});
  wall_time at{std::chrono::milliseconds{1'795'247'296'123}};
  chat_broadcast said{{{7}, "general", room_kind::channel},
                      std::make_shared<const event>(event{{7}, 3, at, message_posted{{103}, ada, "zażółć\n", "c1", message_id{9}}})};
  static std::string text(const broadcast& what, const dialect::table& spoken) {
    auto said = what.say(variant_of(spoken));
    said.args.insert(said.args.begin(), said.event);
    return json(said.args).dump();
  }
  chat_broadcast added{{{7}, "", room_kind::channel},
                       std::make_shared<const event>(event{{7}, 4, at, member_added{{2}, member_role::member}})};
};

TEST_F(ChatBroadcastTest, IsSaidInSnakesWords) {
  EXPECT_EQ(text(said, dialect::snake),
            R"(["new_message",{"id":"103","content":"zażółć\n","channelId":"general","userId":"1",)"
            R"("createdAt":"2026-11-21T07:48:16.123Z","updatedAt":"2026-11-21T07:48:16.123Z","replyToId":"9",)"
            R"("user":{"id":"1","name":"Ada","image":null},"replyTo":null,"attachments":[],"reactions":[],"seq":3}])");
}

TEST_F(ChatBroadcastTest, IsSaidInColonsWords) {
  EXPECT_EQ(text(said, dialect::colon),
            R"(["message:new",{"id":"103","conversationId":"general","senderId":"1","content":"zażółć\n",)"
            R"("sender":{"id":"1","name":"Ada","image":null},)"
            R"("createdAt":"2026-11-21T07:48:16.123Z","updatedAt":"2026-11-21T07:48:16.123Z","isRead":false,"replyToId":"9",)"
            R"("replyTo":null,"replyCount":0,"attachments":[],"reactions":[],"seq":3}])");
}

TEST_F(ChatBroadcastTest, FallsBackOnColonsWords) {
  for (const auto* spoken : dialect::all())
    EXPECT_EQ(text(added, *spoken), R"(["member:added",{"conversationId":"7","userId":"2","role":"member","seq":4}])");
}

TEST_F(ChatBroadcastTest, EveryDialectIsAVariantOfItsOwn) {
  EXPECT_NE(variant_of(dialect::snake), variant_of(dialect::colon));
  for (const auto* spoken : dialect::all())
    EXPECT_EQ(dialect::all()[variant_of(*spoken)], spoken);
}

} // namespace
} // namespace stentor
