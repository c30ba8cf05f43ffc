#include "api_test.hpp"

#include <limits>

namespace stentor::api {
namespace {

using direction = store::range::direction;

struct MessagesTest : ApiTest {
  event_ptr said(seqno seq, std::string content) {
    return std::make_shared<const event>(event{lobby, seq, wall_time{}, message_posted{{100 + seq}, ada, std::move(content), "c1", {}}});
  }
  /// What the room is asked for.
  store::range wanted(const std::string& query) {
    auto before = room.fetches.seen.size();
    get("/api/messages?channelId=7" + query);
    EXPECT_EQ(room.fetches.seen.size(), before + 1) << query;
    return room.fetches.seen.empty() ? store::range{} : room.fetches.seen.back().which;
  }
};

TEST_F(MessagesTest, AreReadInTheNameOfWhoeverAsks) {
  auto answer = get("/api/messages?channelId=general&limit=2");
  EXPECT_EQ(directory.finds.seen.at(0).room, room_ref{"general"});
  ASSERT_EQ(room.fetches.waiting(), 1u);
  EXPECT_EQ(room.fetches.seen[0].who, ada->id);
  EXPECT_TRUE(room.fetches.seen[0].which.messages_only);
  room.fetches.answer(store::page{.events = {said(3, "a"), said(5, "b")}, .has_more = true, .total = 9});
  settle();
  auto shown_message = [](const std::string& seq, const std::string& content) {
    return R"({"id":"10)" + seq + R"(","content":")" + content +
           R"(","channelId":"7","userId":"1","createdAt":"1970-01-01T00:00:00.000Z","updatedAt":"1970-01-01T00:00:00.000Z",)"
           R"("replyToId":null,"user":{"id":"1","name":"Ada","image":null},"replyTo":null,"attachments":[],"reactions":[],"seq":)" +
           seq + "}";
  };
  EXPECT_EQ(shown(answer), R"(200 {"data":[)" + shown_message("3", "a") + "," + shown_message("5", "b") +
                             R"(],"meta":{"limit":2,"hasMore":true,"page":1,"total":9}})");
}

TEST_F(MessagesTest, TheNewestPageComesFirst) {
  auto newest = wanted("");
  EXPECT_EQ(newest.where, direction::page);
  EXPECT_EQ(newest.from, 1u);
  EXPECT_EQ(newest.limit, 50u);
}

TEST_F(MessagesTest, ArePagedInBothDirections) {
  auto older = wanted("&before=9&limit=100");
  EXPECT_EQ(older.where, direction::before);
  EXPECT_EQ(older.from, 9u);
  EXPECT_EQ(older.limit, 100u);
  auto newer = wanted("&after=9&limit=1");
  EXPECT_EQ(newer.where, direction::after);
  EXPECT_EQ(newer.from, 9u);
  EXPECT_EQ(newer.limit, 1u);
  EXPECT_EQ(wanted("&after=0").where, direction::after);
  auto third = wanted("&page=3&limit=20");
  EXPECT_EQ(third.where, direction::page);
  EXPECT_EQ(third.from, 3u);
  EXPECT_EQ(third.limit, 20u);
  EXPECT_EQ(wanted("&after=&before=").where, direction::page);
}

TEST_F(MessagesTest, APageIsNoLongerThanTheLimitOfTheServer) {
  config.limits.history_page_max = 20;
  EXPECT_EQ(wanted("").limit, 20u);
  EXPECT_EQ(shown(get("/api/messages?channelId=7&limit=21")),
            error(400, "ValidationError", "limit must be a number from 1 to 20", "bad_request"));
}

TEST_F(MessagesTest, ARangeThatIsNoneIsRefused) {
  const std::pair<std::string, std::string> rows[] = {
    {"&limit=0", "limit must be a number from 1 to 100"},
    {"&limit=101", "limit must be a number from 1 to 100"},
    {"&limit=-1", "limit must be a number from 1 to 100"},
    {"&limit=x", "limit must be a number from 1 to 100"},
    {"&limit=1x", "limit must be a number from 1 to 100"},
    {"&limit=%201", "limit must be a number from 1 to 100"},
    {"&after=x", "after must be a number from 0 to 9223372036854775807"},
    {"&after=-1", "after must be a number from 0 to 9223372036854775807"},
    {"&after=9223372036854775808", "after must be a number from 0 to 9223372036854775807"},
    {"&before=0", "before must be a number from 1 to 9223372036854775807"},
    {"&before=99999999999999999999", "before must be a number from 1 to 9223372036854775807"},
    {"&page=0", "page must be a number from 1 to 9223372036854775807"},
    {"&before=1&after=1", "only one of after, before and page can be given"},
    {"&page=1&after=1", "only one of after, before and page can be given"},
  };
  for (const auto& [query, message] : rows)
    EXPECT_EQ(shown(get("/api/messages?channelId=7" + query)), error(400, "ValidationError", message, "bad_request")) << query;
  EXPECT_TRUE(directory.finds.seen.empty()) << "refused before anybody is asked";
}

TEST_F(MessagesTest, NeedAChannel) {
  for (auto query : {"", "?channelId=", "?channelId=0", "?channelId=a%20b", "?channel=7", "?channelId=%ff"})
    EXPECT_EQ(shown(get("/api/messages" + std::string{query})),
              error(400, "ValidationError", "channelId must be the id or key of a channel", "bad_request"))
      << query;
}

TEST_F(MessagesTest, AreRefusedToWhomTheRoomRefusesThem) {
  auto answer = get("/api/messages?channelId=7");
  room.fetches.answer(errc::not_a_member);
  settle();
  EXPECT_EQ(shown(answer), error(403, "ForbiddenError", "Not a member of this room", "not_a_member"));
}

} // namespace
} // namespace stentor::api
