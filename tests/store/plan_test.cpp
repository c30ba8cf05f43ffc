// What a question costs does not grow with the room: no statement of a reader scans a table.

#include "fixture.hpp"

#include <soci/sqlite3/soci-sqlite3.h>

namespace stentor::store {
namespace {

/// Steps of SQLite's virtual machine, and of those the ones that only went on to the next row of a scan.
struct steps {
  int all = 0, of_scans = 0;
};

struct PlanTest : StoreTest {
  steps taken;

  PlanTest() {
    for (auto i = 0; i < 20; ++i)
      append(lobby, std::vector<entry>(100, post(ada, "hello")));
    for (auto name : {"bob", "cem", "dan"})
      committed(add(ada, person(name)));
    auto* connection = static_cast<soci::sqlite3_session_backend*>(reader->session().get_backend())->conn_;
    sqlite_api::sqlite3_trace_v2(connection, SQLITE_TRACE_PROFILE, count, &taken);
  }

  static int count(unsigned, void* to, void* of, void*) {
    auto* statement = static_cast<sqlite_api::sqlite3_stmt*>(of);
    auto& taken = *static_cast<steps*>(to);
    taken.all += sqlite_api::sqlite3_stmt_status(statement, SQLITE_STMTSTATUS_VM_STEP, 1);
    taken.of_scans += sqlite_api::sqlite3_stmt_status(statement, SQLITE_STMTSTATUS_FULLSCAN_STEP, 1);
    return 0;
  }
  template <class Question>
  steps cost(Question ask) {
    ask(); // so that statements are prepared
    taken = {};
    ask();
    return taken;
  }
  steps cost_of_page(uint64_t number) {
    return cost([&] { read(lobby, {.where = range::direction::page, .from = number, .limit = 10, .messages_only = true}); });
  }
};

TEST_F(PlanTest, APageCostsTheSameWhereverItIs) {
  auto newest = cost_of_page(1), oldest = cost_of_page(200);
  EXPECT_GT(newest.all, 0);
  EXPECT_LT(oldest.all, 2 * newest.all);
  EXPECT_EQ(newest.of_scans, 0);
  EXPECT_EQ(oldest.of_scans, 0);
}

TEST_F(PlanTest, ACursorCostsTheSameWhereverItIs) {
  for (auto messages_only : {false, true})
    for (auto where : {range::direction::after, range::direction::before}) {
      auto early = cost([&] { read(lobby, {.where = where, .from = 20, .limit = 10, .messages_only = messages_only}); });
      auto late = cost([&] { read(lobby, {.where = where, .from = 1990, .limit = 10, .messages_only = messages_only}); });
      EXPECT_LT(late.all, 2 * early.all);
      EXPECT_LT(early.all, 2 * late.all);
      EXPECT_EQ(early.of_scans + late.of_scans, 0);
    }
}

TEST_F(PlanTest, ARoomIsFoundAndLoadedWithoutAScan) {
  auto whole = cost([&] {
    ASSERT_TRUE(past->resolve(std::string("lobby")));
    ASSERT_TRUE(past->load_room(lobby));
    ASSERT_TRUE(past->rooms_of(ada->id));
  });
  EXPECT_EQ(whole.of_scans, 0);
  EXPECT_LT(whole.all, 5000);
}

} // namespace
} // namespace stentor::store
