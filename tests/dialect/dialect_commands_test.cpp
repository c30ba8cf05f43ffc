// What clients say becomes commands.

#include "dialect/dialect.hpp"

#include "base/overloaded.hpp"

#include <gtest/gtest.h>

#include <set>

namespace stentor::dialect {
namespace {

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

} // namespace
} // namespace stentor::dialect
