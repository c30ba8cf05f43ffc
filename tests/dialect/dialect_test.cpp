#include "dialect/dialect.hpp"

#include <gtest/gtest.h>

#include <set>

namespace stentor::dialect {
namespace {

constexpr auto general = room_id{7};

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

} // namespace
} // namespace stentor::dialect
