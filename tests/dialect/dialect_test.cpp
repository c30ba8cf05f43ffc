#include "dialect/dialect.hpp"

#include "base/overloaded.hpp"

#include <gtest/gtest.h>

#include <set>

namespace stentor::dialect {
namespace {

constexpr auto general = room_id{7};

json parsed(std::string_view text) {
  auto value = parse_json(text);
  EXPECT_TRUE(value) << text;
  return value ? *value : json{};
}

std::string shown(const room_ref& room) {
  return std::visit(overloaded{[](room_id id) { return "#" + std::to_string(id.value); }, [](const std::string& key) { return key; }},
                    room);
}

std::string shown(message_id message, const std::string& rest = "", const std::string& key = "") {
  return std::to_string(message.value) + (rest.empty() ? "" : " " + rest) + (key.empty() ? "" : " (" + key + ")");
}

/// A command in one line: "join #7 after 5", "leave general", "post to #7: hello (c1) re 9", "in #7: edit 9 hello (e1)".
std::string shown(const command& what) {
  return std::visit(
    overloaded{
      [](const join_room& x) { return "join " + shown(x.room) + (x.after ? " after " + std::to_string(*x.after) : ""); },
      [](const leave_room& x) { return "leave " + shown(x.room); },
      [](const submit_operation& x) {
        auto in = "in " + shown(x.room) + ": ";
        return std::visit(overloaded{
                            [&](const post_message& y) {
                              return "post to " + shown(x.room) + ": " + y.content + " (" + y.client_message_id + ")" +
                                     (y.reply_to ? " re " + std::to_string(y.reply_to->value) : "");
                            },
                            [&](const edit_message& y) { return in + "edit " + shown(y.id, y.content, y.client_op_id); },
                            [&](const delete_message& y) { return in + "delete " + shown(y.id, "", y.client_op_id); },
                            [&](const add_reaction& y) { return in + "react to " + shown(y.message, y.emoji); },
                            [&](const remove_reaction& y) { return in + "unreact to " + shown(y.message, y.emoji); },
                            [](const auto&) { return std::string{"not to be said over a socket"}; },
                          },
                          x.what);
      },
      [](const send_hint& x) { return (std::holds_alternative<typing_started>(x.what) ? "type in " : "stop typing in ") + shown(x.room); },
      [](const ping&) { return std::string{"ping"}; },
      [](const refresh_token& x) { return "refresh " + x.token; },
      [](const ask_status& x) {
        auto line = std::string{"status of"};
        for (auto who : x.whom)
          line += " " + std::to_string(who.value);
        return line;
      },
      [](const ask_online& x) { return "online in " + shown(x.room); },
    },
    what);
}

/// What a client sends becomes a command in one line, or "refused: " and why.
std::string heard_as(std::string_view event, std::string_view args) {
  auto word = find(event).word;
  if (!word)
    return "unknown";
  auto list = parsed(args);
  auto what = word->parse(list.get_ref<const json::array_t&>());
  if (what)
    return shown(*what);
  EXPECT_TRUE(what.error().code == errc::bad_request || what.error().code == errc::attachment_not_found);
  return "refused: " + what.error().detail;
}

struct row {
  std::string event;
  std::string args;
  std::string command;
};

const row good_rows[] = {
  {"join_channel", R"([{"channelId":7}])", "join #7"},
  {"join_channel", R"([{"channelId":"7"}])", "join #7"},
  {"join_channel", R"([{"channelId":"general"}])", "join general"},
  {"join_channel", R"([{"channelId":"a-b:c_9"}])", "join a-b:c_9"},
  {"join_channel", R"([{"channelId":9007199254740991}])", "join #9007199254740991"},
  {"join_channel", R"([{"channelId":"9007199254740991"}])", "join #9007199254740991"},
  {"join_channel", R"([{"channelId":7,"after":5}])", "join #7 after 5"},
  {"join_channel", R"([{"channelId":7,"after":"5"}])", "join #7 after 5"},
  {"join_channel", R"([{"channelId":7,"after":0}])", "join #7 after 0"},
  {"join_channel", R"([{"channelId":7,"after":null}])", "join #7"},
  {"join_channel", R"([{"after":5,"userId":99,"channelId":7,"role":"owner"}])", "join #7 after 5"},
  {"join_channel", R"([{"channelId":7},"more",[]])", "join #7"},
  {"leave_channel", R"([{"channelId":7}])", "leave #7"},
  {"leave_channel", R"([{"channelId":"7"}])", "leave #7"},
  {"leave_channel", R"([{"channelId":"general"}])", "leave general"},
  {"send_message", R"([{"channelId":7,"content":"hello"}])", "post to #7: hello ()"},
  {"send_message", R"([{"channelId":"general","content":"zażółć 🎉"}])", "post to general: zażółć 🎉 ()"},
  {"send_message", R"([{"channelId":7,"content":" "}])", "post to #7:   ()"},
  {"send_message", R"([{"channelId":7,"content":"x","clientMessageId":"c1","replyToId":9}])", "post to #7: x (c1) re 9"},
  {"send_message", R"([{"channelId":"7","content":"x","clientMessageId":"","replyToId":"9"}])", "post to #7: x () re 9"},
  {"send_message", R"([{"channelId":7,"content":"x","clientMessageId":null,"replyToId":null}])", "post to #7: x ()"},
  {"send_message", R"([{"channelId":7,"content":"x","attachments":[],"userId":99,"user":{"name":"eve"}}])", "post to #7: x ()"},
  {"edit_message", R"([{"channelId":7,"messageId":9,"content":"x"}])", "in #7: edit 9 x"},
  {"edit_message", R"([{"channelId":"7","messageId":"9","content":"x","clientOpId":"e1"}])", "in #7: edit 9 x (e1)"},
  {"delete_message", R"([{"channelId":7,"messageId":9}])", "in #7: delete 9"},
  {"delete_message", R"([{"channelId":7,"messageId":"9","clientOpId":"d1","reach":"anyones"}])", "in #7: delete 9 (d1)"},
  {"add_reaction", R"([{"channelId":7,"messageId":9,"emoji":"🎉"}])", "in #7: react to 9 🎉"},
  {"remove_reaction", R"([{"channelId":7,"messageId":9,"emoji":"🎉"}])", "in #7: unreact to 9 🎉"},
  {"typing_start", R"([{"channelId":7,"userId":99,"name":"eve"}])", "type in #7"},
  {"typing_stop", R"([{"channelId":7}])", "stop typing in #7"},
  {"auth:refresh", R"([{"token":"t"}])", "refresh t"},
  {"user:get-status", "[9]", "status of 9"},
  {"user:get-status", R"(["9"])", "status of 9"},
  {"users:get-status", R"([[9,"8"]])", "status of 9 8"},
  {"users:get-status", "[[]]", "status of"},
  {"conversation:get-online-users", "[7]", "online in #7"},
  {"conversation:get-online-users", R"(["general"])", "online in general"},
  {"ping", "[]", "ping"},
  {"ping", "[7]", "ping"},
};

TEST(Dialects, MakeCommandsOfWhatClientsSay) {
  for (const auto& [event, args, command] : good_rows)
    EXPECT_EQ(heard_as(event, args), command) << event << args;
}

TEST(Dialects, EveryWordOfEveryTableIsAmongThoseThatAreTested) {
  auto tested = std::set<std::string_view>{};
  for (const auto& row : good_rows)
    tested.insert(row.event);
  for (const auto* dialect : all())
    for (const auto& word : dialect->in)
      EXPECT_TRUE(tested.contains(word.name)) << word.name;
}

TEST(Dialects, EveryWordOfSnakeButPingTakesOneObject) {
  for (const auto& word : snake.in)
    for (auto args : {"[]", "[null]", "[7]", R"(["7"])", "[true]", "[[]]", R"([[{"channelId":7}]])"})
      EXPECT_EQ(heard_as(word.name, args), (word.name == "ping" ? "ping" : "refused: the event takes one object")) << word.name << args;
}

TEST(Dialects, QuestionsTakeIdsAsTheyAre) {
  for (auto event : {"user:get-status", "users:get-status", "conversation:get-online-users", "auth:refresh"})
    for (auto args : {"[]", "[null]", "[true]", "[{}]", R"([{"userId":7}])", "[-1]", "[1.5]", R"([""])", R"([["x"]])", R"([[null]])"})
      EXPECT_TRUE(heard_as(event, args).starts_with("refused: ")) << event << args;
  auto many = std::string{"[[1"};
  for (auto i = 0; i < 100; ++i)
    many += ",1";
  EXPECT_TRUE(heard_as("users:get-status", many + "]]").starts_with("refused: "));
}

TEST(Dialects, EveryWordThatNamesARoomRefusesWhatCannotBeOne) {
  const std::string rooms[] = {
    "0",
    "-1",
    "1.0",
    "1.5",
    "1e3",
    "9007199254740992",
    "18446744073709551616",
    R"("9007199254740992")",
    "true",
    "null",
    "[7]",
    R"({})",
    R"("")",
    R"(" 7")",
    R"("7 ")",
    R"("+7")",
    R"("-7")",
    R"("0")",
    R"("7a")",
    R"("0x7")",
    R"("a b")",
    R"("ż")",
    R"("a\u0000")",
    R"("a/b")",
    R"("me")",
    '"' + std::string(129, 'a') + '"',
  };
  for (auto event : {"join_channel", "leave_channel", "send_message", "edit_message", "delete_message", "add_reaction", "remove_reaction",
                     "typing_start", "typing_stop"}) {
    for (const auto& room : rooms)
      EXPECT_EQ(heard_as(event, R"([{"content":"x","channelId":)" + room + "}]"), "refused: channelId must be the id or key of a room")
        << event << " " << room;
    EXPECT_EQ(heard_as(event, R"([{"content":"x"}])"), "refused: channelId must be the id or key of a room") << event;
  }
  EXPECT_EQ(heard_as("join_channel", R"([{"channelId":")" + std::string(128, 'a') + R"("}])"), "join " + std::string(128, 'a'));
}

TEST(Dialects, RefuseASeqThatIsNone) {
  for (auto after : {"-1", "1.0", "true", R"("")", R"("x")", R"("-1")", "[]", "{}", "9007199254740992"})
    EXPECT_EQ(heard_as("join_channel", R"([{"channelId":7,"after":)" + std::string{after} + "}]"),
              "refused: after must be a seq: an integer from 0")
      << after;
}

TEST(Dialects, RefuseAMessageWithoutText) {
  for (auto content : {R"("content":"",)", R"("content":null,)", R"("content":7,)", R"("content":["x"],)", R"("content":{},)", ""})
    EXPECT_EQ(heard_as("send_message", "[{" + std::string{content} + R"("channelId":7}])"),
              "refused: content must be a text that is not empty")
      << content;
}

TEST(Dialects, TakeAClientsKeyOfAtMost128Bytes) {
  auto send = [](const std::string& key) {
    return heard_as("send_message", R"([{"channelId":7,"content":"x","clientMessageId":)" + key + "}]");
  };
  auto longest = std::string(128, 'k');
  EXPECT_EQ(send('"' + longest + '"'), "post to #7: x (" + longest + ")");
  EXPECT_EQ(send('"' + longest + "k\""), "refused: clientMessageId must be a text of at most 128 bytes");
  for (auto wrong : {"7", "true", "[]", "{}"})
    EXPECT_EQ(send(wrong), "refused: clientMessageId must be a text") << wrong;
}

TEST(Dialects, RefuseAReplyToWhatCannotBeAMessage) {
  for (auto reply_to : {"0", "-1", "1.5", R"("")", R"("x")", "true", "[]", "{}", "9007199254740992"})
    EXPECT_EQ(heard_as("send_message", R"([{"channelId":7,"content":"x","replyToId":)" + std::string{reply_to} + "}]"),
              "refused: replyToId must be the id of a message")
      << reply_to;
}

TEST(Dialects, HowLongAMessageMayBeIsTheRoomsToSay) {
  auto content = std::string(1 << 20, 'x');
  EXPECT_EQ(heard_as("send_message", R"([{"channelId":7,"content":")" + content + R"("}])"), "post to #7: " + content + " ()");
}

// -- words --------------------------------------------------------------------

TEST(Dialects, ShareNoWord) {
  auto words = std::set<std::string_view>{};
  for (const auto* dialect : all())
    for (const auto& word : dialect->in) {
      EXPECT_TRUE(words.insert(word.name).second) << word.name << " is said in two dialects";
      EXPECT_EQ(find(word.name).word, &word);
      EXPECT_EQ(find(word.name).dialect, dialect);
    }
}

TEST(Dialects, DoNotKnowAWordThatNoTableHas) {
  for (auto event : {"", "join", "JOIN_CHANNEL", "join_channel ", "new_message", "authenticated"})
    EXPECT_EQ(find(event).word, nullptr) << event;
}

TEST(Dialects, AreNumberedByTheirPlace) {
  for (size_t i = 0; i < all().size(); ++i)
    EXPECT_EQ(number(*all()[i]), i);
  EXPECT_NE(number(colon), number(snake));
}

TEST(Dialects, EveryKindOfEventHasAWordInEveryDialect) {
  const happening kinds[] = {message_posted{},   member_added{},   message_edited{}, message_deleted{}, reaction_added{},
                             reaction_removed{}, member_removed{}, role_changed{},   room_changed{},    room_deleted{}};
  ASSERT_EQ(std::size(kinds), std::variant_size_v<happening>);
  for (const auto* dialect : all())
    for (const auto& kind : kinds) {
      const auto& word = word_for(*dialect, event{general, 1, {}, kind});
      EXPECT_EQ(word.kind, kind.index()) << dialect->name;
      EXPECT_FALSE(word.name.empty());
    }
}

TEST(Dialects, RefuseAttachmentsThatWereNotUploaded) {
  auto send = [](const std::string& attachments) {
    return heard_as("send_message", R"([{"channelId":7,"content":"x","attachments":)" + attachments + "}]");
  };
  EXPECT_EQ(send("[1]"), "refused: Attachment not found");
  EXPECT_EQ(send(R"([{"id":"1"}])"), "refused: Attachment not found");
  EXPECT_EQ(send("{}"), "refused: attachments must be a list");
  EXPECT_EQ(send("null"), "post to #7: x ()");
}

TEST(Dialects, RefuseWhatNamesNoMessage) {
  for (auto event : {"edit_message", "delete_message", "add_reaction", "remove_reaction"})
    for (auto message : {"0", "-1", "1.5", R"("x")", "null", "[]", "{}"})
      EXPECT_EQ(heard_as(event, R"([{"channelId":7,"content":"x","emoji":"x","messageId":)" + std::string{message} + "}]"),
                "refused: messageId must be the id of a message")
        << event << message;
}

TEST(Dialects, SnakesChannelWordsAreForChannelsOnly) {
  for (const auto& word : snake.in)
    EXPECT_EQ(is_for(word.scope, room_kind::direct), word.name == "ping") << word.name;
  EXPECT_TRUE(is_for(room_scope::channels, room_kind::channel));
}

TEST(Dialects, CallFailuresByTheirOwnTexts) {
  const struct {
    std::string_view event;
    failure why;
    std::string_view text;
  } rows[] = {
    {"join_channel", errc::not_found, "Access denied to channel"},
    {"join_channel", errc::not_a_member, "Access denied to channel"},
    {"join_channel", errc::forbidden, "Access denied to channel"},
    {"join_channel", errc::unavailable, "The store is unavailable, try again"},
    {"join_channel", {errc::bad_request, "after must be a seq"}, "after must be a seq"},
    {"leave_channel", {errc::not_found, "Not in that room"}, "Not in that room"},
    {"send_message", errc::not_found, "Access denied to channel"},
    {"send_message", errc::not_a_member, "You are not a member of this channel"},
    {"send_message", {errc::bad_request, "content must be a text"}, "Invalid message data"},
    {"send_message", errc::rate_limited, "Rate limit exceeded. Please slow down."},
    {"send_message", errc::busy, "Failed to send message"},
    {"send_message", errc::unavailable, "Failed to send message"},
    {"send_message", errc::shutting_down, "Failed to send message"},
    {"send_message", errc::internal, "Failed to send message"},
    {"send_message", {errc::forbidden, "You are muted in this room"}, "You are muted in this room"},
    {"send_message", errc::attachment_not_found, "Attachment not found"},
    {"edit_message", errc::not_the_author, "You can only edit your own messages"},
    {"edit_message", errc::message_not_found, "Message not found"},
    {"edit_message", errc::unavailable, "Failed to edit message"},
    {"delete_message", errc::not_the_author, "You can only delete your own messages"},
    {"delete_message", errc::already_deleted, "Message is already deleted"},
    {"delete_message", errc::unavailable, "Failed to delete message"},
    {"add_reaction", errc::not_found, "Access denied to channel"},
    {"typing_start", errc::not_a_member, "You are not a member of this channel"},
    {"send_message", errc::id_reused, "clientMessageId reused"},
    {"send_message", {errc::too_large, "The message is longer than 9 bytes"}, "The message is longer than 9 bytes"},
  };
  for (const auto& [event, why, text] : rows)
    EXPECT_EQ(text_for(*find(event).word, why), text) << event << " " << name(why.code);
}

// -- out ----------------------------------------------------------------------

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
