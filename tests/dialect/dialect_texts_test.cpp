// What clients are told.

#include "dialect/dialect.hpp"

#include <gtest/gtest.h>

namespace stentor::dialect {
namespace {

constexpr auto general = room_id{7};

struct DialectTexts : testing::Test {
  room_label by_id{general, "", room_kind::channel};
  room_label by_key{general, "general", room_kind::channel};
  user_ptr ada = std::make_shared<const user>(user{{1}, "Ada", "ada@example.org", "https://img.example/ada.png"});
  user_ptr bob = std::make_shared<const user>(user{{2}, "Bob \"b\"", "", ""});
  wall_time at{std::chrono::milliseconds{1'795'247'296'123}};

  event_ptr said(seqno seq, user_ptr who, std::string text, std::string key = "", std::optional<message_id> reply_to = {}) {
    return std::make_shared<const event>(
      event{general, seq, at, message_posted{{100 + seq}, std::move(who), std::move(text), std::move(key), reply_to}});
  }
  event_ptr added(seqno seq, user_id who, member_role role) {
    return std::make_shared<const event>(event{general, seq, at, member_added{who, role}});
  }
  /// `event data`, as `in` tells it.
  std::string told(const table& in, const room_label& room, const event_ptr& what) {
    const auto& word = word_for(in, *what);
    return std::string{word.name} + " " + word.show(room, *what).dump();
  }
  /// `answer data`, as the sender of `event` hears it.
  std::string answered(std::string_view event, const outcome& what) {
    const auto& word = *find(event).word;
    return std::string{word.answer} + " " + word.show(what).dump();
  }
};

TEST_F(DialectTexts, SnakeTellsAMessage) {
  EXPECT_EQ(told(snake, by_id, said(3, ada, "hello")),
            R"(new_message {"id":"103","content":"hello","channelId":"7","userId":"1",)"
            R"("createdAt":"2026-11-21T07:48:16.123Z","updatedAt":"2026-11-21T07:48:16.123Z","replyToId":null,)"
            R"("user":{"id":"1","name":"Ada","image":"https://img.example/ada.png"},)"
            R"("replyTo":null,"attachments":[],"reactions":[],"seq":3})");
  EXPECT_EQ(told(snake, by_key, said(4, bob, "\"é\"\n", "c1", message_id{103})),
            R"(new_message {"id":"104","content":"\"é\"\n","channelId":"general","userId":"2",)"
            R"("createdAt":"2026-11-21T07:48:16.123Z","updatedAt":"2026-11-21T07:48:16.123Z","replyToId":"103",)"
            R"("user":{"id":"2","name":"Bob \"b\"","image":null},)"
            R"("replyTo":null,"attachments":[],"reactions":[],"seq":4})");
}

TEST_F(DialectTexts, ColonTellsAMessage) {
  EXPECT_EQ(told(colon, by_key, said(4, bob, "hi", "c1", message_id{103})),
            R"(message:new {"id":"104","conversationId":"general","senderId":"2","content":"hi",)"
            R"("sender":{"id":"2","name":"Bob \"b\"","image":null},)"
            R"("createdAt":"2026-11-21T07:48:16.123Z","updatedAt":"2026-11-21T07:48:16.123Z","isRead":false,"replyToId":"103",)"
            R"("replyTo":null,"replyCount":0,"attachments":[],"reactions":[],"seq":4})");
  EXPECT_EQ(told(colon, by_id, said(3, ada, "hello")),
            R"(message:new {"id":"103","conversationId":"7","senderId":"1","content":"hello",)"
            R"("sender":{"id":"1","name":"Ada","image":"https://img.example/ada.png"},)"
            R"("createdAt":"2026-11-21T07:48:16.123Z","updatedAt":"2026-11-21T07:48:16.123Z","isRead":false,"replyToId":null,)"
            R"("replyTo":null,"replyCount":0,"attachments":[],"reactions":[],"seq":3})");
}

TEST_F(DialectTexts, AMessageDoesNotShowItsKeyOrTheMailAddressToOthers) {
  for (const auto* dialect : all()) {
    auto text = told(*dialect, by_id, said(3, ada, "hello", "secret-key"));
    EXPECT_EQ(text.find("secret-key"), std::string::npos) << text;
    EXPECT_EQ(text.find("ada@example.org"), std::string::npos) << text;
  }
}

TEST_F(DialectTexts, ANewMemberIsToldInColonsWordsInEveryDialect) {
  const std::pair<member_role, std::string> roles[] = {{member_role::banned, "banned"},
                                                       {member_role::muted, "muted"},
                                                       {member_role::member, "member"},
                                                       {member_role::moderator, "moderator"},
                                                       {member_role::owner, "owner"}};
  for (const auto* dialect : all())
    for (const auto& [role, name] : roles)
      EXPECT_EQ(told(*dialect, by_key, added(2, {9}, role)),
                R"(member:added {"conversationId":"general","userId":"9","role":")" + name + R"(","seq":2})");
}

TEST_F(DialectTexts, SnakeAnswersAJoinWithWhatWasMissedInItsOwnWords) {
  EXPECT_EQ(answered("join_channel", joined_room{by_id, 5, {}, false}),
            R"(joined_channel {"channelId":"7","seq":5,"missed":[],"hasMore":false})");
  EXPECT_EQ(
    answered("join_channel", joined_room{by_key, 5, {added(4, {9}, member_role::member), said(5, bob, "hi")}, true}),
    R"(joined_channel {"channelId":"general","seq":5,"missed":[)"
    R"({"seq":4,"event":"member:added","data":{"conversationId":"general","userId":"9","role":"member","seq":4}},)"
    R"({"seq":5,"event":"new_message","data":{"id":"105","content":"hi","channelId":"general","userId":"2",)"
    R"("createdAt":"2026-11-21T07:48:16.123Z","updatedAt":"2026-11-21T07:48:16.123Z","replyToId":null,)"
    R"("user":{"id":"2","name":"Bob \"b\"","image":null},"replyTo":null,"attachments":[],"reactions":[],"seq":5}}],"hasMore":true})");
}

TEST_F(DialectTexts, AReplyQuotesOneLevel) {
  auto quoted = said(3, ada, "hello", "", message_id{101});
  auto reply = *said(4, bob, "hi", "", message_id{103});
  std::get<message_posted>(reply.what).quoted = quoted;
  auto what = std::make_shared<const event>(reply);
  for (const auto* dialect : all()) {
    auto shown = word_for(*dialect, *what).show(by_id, *what);
    EXPECT_EQ(shown["replyTo"], word_for(*dialect, *quoted).show(by_id, *quoted)) << dialect->name;
    EXPECT_EQ(shown["replyTo"]["replyToId"], "101");
    EXPECT_TRUE(shown["replyTo"]["replyTo"].is_null());
  }
}

TEST_F(DialectTexts, TellWhatHappensToMessages) {
  auto happened = [&](happening what) { return std::make_shared<const event>(event{general, 5, at, std::move(what), bob->id}); };
  auto edited = happened(message_edited{{103}, "new", "e1"}), deleted = happened(message_deleted{{103}, "d1"});
  auto added = happened(reaction_added{{103}, {{9}, "🎉", bob, at}}), removed = happened(reaction_removed{{103}, "🎉"});
  EXPECT_EQ(told(snake, by_id, edited),
            R"(message_edited {"messageId":"103","content":"new","updatedAt":"2026-11-21T07:48:16.123Z","channelId":"7","seq":5})");
  EXPECT_EQ(told(colon, by_id, edited),
            R"(message:updated {"conversationId":"7","messageId":"103","content":"new","updatedAt":"2026-11-21T07:48:16.123Z","seq":5})");
  EXPECT_EQ(told(snake, by_key, deleted), R"(message_deleted {"messageId":"103","channelId":"general","seq":5})");
  EXPECT_EQ(told(colon, by_key, deleted), R"(message:deleted {"conversationId":"general","messageId":"103","seq":5})");
  EXPECT_EQ(told(snake, by_id, added),
            R"(reaction_added {"id":"9","emoji":"🎉","messageId":"103","userId":"2","createdAt":"2026-11-21T07:48:16.123Z",)"
            R"("user":{"id":"2","name":"Bob \"b\""},"channelId":"7","seq":5})");
  EXPECT_EQ(told(colon, by_id, added), R"(reaction:added {"conversationId":"7","messageId":"103","emoji":"🎉","userId":"2","seq":5})");
  EXPECT_EQ(told(snake, by_id, removed), R"(reaction_removed {"messageId":"103","emoji":"🎉","userId":"2","channelId":"7","seq":5})");
  EXPECT_EQ(answered("edit_message", committed_operation{by_id, edited}),
            R"(message_edited_ack {"clientOpId":"e1","messageId":"103","channelId":"7","seq":5})");
  EXPECT_EQ(answered("delete_message", committed_operation{by_id, deleted}),
            R"(message_deleted_ack {"clientOpId":"d1","messageId":"103","channelId":"7","seq":5})");
}

TEST_F(DialectTexts, TellWhatHappensToRoomsInColonsWords) {
  auto happened = [&](happening what) { return std::make_shared<const event>(event{general, 5, at, std::move(what), ada->id}); };
  for (const auto* dialect : all()) {
    EXPECT_EQ(told(*dialect, by_id, happened(member_removed{{9}})), R"(member:removed {"conversationId":"7","userId":"9","seq":5})");
    EXPECT_EQ(told(*dialect, by_id, happened(role_changed{{9}, member_role::banned})),
              R"(member:updated {"conversationId":"7","userId":"9","role":"banned","seq":5})");
    EXPECT_EQ(told(*dialect, by_id, happened(room_changed{"New", "", room_visibility::closed})),
              R"(conversation:updated {"conversationId":"7","name":"New","topic":null,"visibility":"private","seq":5})");
    EXPECT_EQ(told(*dialect, by_id, happened(room_deleted{})), R"(conversation:deleted {"conversationId":"7","seq":5})");
  }
}

TEST_F(DialectTexts, TellWhoIsTyping) {
  auto typing = hint{ada, typing_started{}};
  EXPECT_EQ(word_for(snake, typing).name, "typing_start");
  EXPECT_EQ(word_for(snake, typing).show(by_id, typing).dump(), R"({"channelId":"7","userId":"1","name":"Ada","userName":"Ada"})");
  EXPECT_EQ(word_for(colon, hint{ada, typing_stopped{}}).name, "typing:stop");
  EXPECT_EQ(word_for(colon, typing).show(by_id, typing).dump(), R"({"conversationId":"7","userId":"1"})");
  EXPECT_EQ(answered("ping", pong{at}), R"(pong {"timestamp":"2026-11-21T07:48:16.123Z"})");
}

TEST_F(DialectTexts, SnakeAnswersALeave) {
  EXPECT_EQ(answered("leave_channel", left_room{by_id}), R"(left_channel {"channelId":"7"})");
  EXPECT_EQ(answered("leave_channel", left_room{by_key}), R"(left_channel {"channelId":"general"})");
}

TEST_F(DialectTexts, SnakeAnswersAMessageWithTheKeyOfItsSender) {
  auto message = std::string{R"(message_sent {"id":"103","content":"hello","channelId":"7","userId":"1",)"
                             R"("createdAt":"2026-11-21T07:48:16.123Z","updatedAt":"2026-11-21T07:48:16.123Z","replyToId":null,)"
                             R"("user":{"id":"1","name":"Ada","image":"https://img.example/ada.png"},)"
                             R"("replyTo":null,"attachments":[],"reactions":[],"seq":3,"clientMessageId":)"};
  EXPECT_EQ(answered("send_message", committed_operation{by_id, said(3, ada, "hello", "c1")}), message + R"("c1"})");
  EXPECT_EQ(answered("send_message", committed_operation{by_id, said(3, ada, "hello")}), message + "null}");
}

} // namespace
} // namespace stentor::dialect
