#include "store/totals.hpp"

#include "store/kept.hpp"
#include "store/query.hpp"

namespace stentor::store {
namespace {

namespace sql {

// Rooms know how many messages they have; counting those would be a scan.
constexpr auto totals = R"(
  SELECT (SELECT COUNT(*) FROM account), (SELECT COUNT(*) FROM room WHERE kind = :kind AND deleted_at IS NULL),
         COALESCE(SUM(message_count - deleted_count), 0)
  FROM room WHERE deleted_at IS NULL
)";

} // namespace sql

struct counts {
  explicit counts(soci::session& db) : totals(db, sql::totals) {}
  query<std::tuple<uint64_t, uint64_t, uint64_t>(room_kind)> totals;
};

} // namespace

struct counter::impl {
  explicit impl(database& from) : db(from, "store: counting") {}
  kept<counts> db;
};

counter::counter(database& db) : impl_(std::make_unique<impl>(db)) {
}

counter::~counter() = default;

result<totals> counter::count() {
  return impl_->db.run(
    [](counts& run) { return result<totals>(std::make_from_tuple<totals>(run.totals.one(room_kind::channel).value())); });
}

} // namespace stentor::store
