#include "store/append.hpp"

#include "store/operation_row.hpp"
#include "store/operations.hpp"

#include <map>
#include <utility>

namespace stentor::store {
namespace {

/// Where one room stands.
struct tally {
  bool is_known = false; ///< the room exists
  seqno seq = 0;
  uint64_t message_count = 0;
};

/// At most how many ids the entries will take.
uint64_t count_ids(std::span<const batch> batches) {
  uint64_t wanted = 0;
  for (const auto& one : batches)
    wanted += static_cast<uint64_t>(std::ranges::count_if(one.entries, [](const entry& x) {
      return std::holds_alternative<post_message>(x.what) || std::holds_alternative<add_reaction>(x.what);
    }));
  return wanted;
}

/// One transaction: each entry in its turn, on what is stored with those before it.
class append_pass {
public:
  append_pass(writes& db, std::span<const batch> batches, std::span<const cursor> cursors, wall_time at)
    : db_(db), batches_(batches), cursors_(cursors), at_(at), ids_(db, count_ids(batches)) {}

  commit_outcome run() {
    auto answers = refuse(batches_, errc::not_found);
    transaction all(db_.around);
    enter_rooms();
    for (size_t b = 0; b < batches_.size(); ++b)
      if (auto& here = rooms_[batches_[b].room]; here.is_known)
        for (size_t e = 0; e < answers[b].size(); ++e)
          answers[b][e] = write(batches_[b].room, here, batches_[b].entries[e]);
    leave_rooms();
    auto moved = move_cursors();
    all.commit();
    return {std::move(answers), std::move(moved)};
  }

private:
  /// In ascending order: any other can deadlock where rows are locked one by one.
  void enter_rooms() {
    for (const auto& one : batches_)
      rooms_[one.room];
    for (auto& [room, here] : rooms_)
      if (auto counters = db_.room_counters.one(room))
        here = {true, std::get<0>(*counters), std::get<1>(*counters)};
  }

  outcome write(room_id room, tally& here, const entry& asked) {
    auto next = step{db_, ids_, room, asked.author, at_, here.seq + 1, here.message_count + 1};
    auto answer = std::visit([&](const auto& what) { return perform(next, what); }, asked.what);
    if (!answer)
      return {answer.error()};
    if (auto* first = std::get_if<event_ptr>(&*answer))
      return {std::move(*first), false};
    auto& what = std::get<happening>(*answer);
    ++here.seq;
    if (std::holds_alternative<message_posted>(what)) {
      ++here.message_count;
      read_[{room, asked.author->id}] = here.seq;
    }
    auto row = to_row(what);
    db_.insert_operation.run(room, here.seq, here.message_count, row.kind, at_, asked.author->id, row.message, row.user, row.role,
                             row.detail, row.reaction, row.client_op_id);
    return {std::make_shared<const event>(event{room, here.seq, at_, std::move(what), asked.author->id}), true};
  }

  void leave_rooms() {
    for (const auto& [room, here] : rooms_)
      if (here.is_known)
        db_.advance_room.run(here.seq, here.message_count, room);
    for (const auto& [who, seq] : read_) // who speaks has read what is above
      db_.move_cursor.run(seq, who.first, who.second);
  }

  std::vector<result<cursor>> move_cursors() {
    std::vector<result<cursor>> answers;
    for (const auto& one : cursors_) {
      auto is_member = db_.move_cursor.run(one.seq, one.room, one.who) > 0;
      answers.push_back(is_member ? result<cursor>{one} : failure{errc::not_found, "Not a member"});
    }
    return answers;
  }

  writes& db_;
  std::span<const batch> batches_;
  std::span<const cursor> cursors_;
  wall_time at_;
  id_block ids_;
  std::map<room_id, tally> rooms_;
  std::map<std::pair<room_id, user_id>, seqno> read_; ///< up to where authors have read
};

} // namespace

outcomes refuse(std::span<const batch> batches, const failure& why) {
  outcomes all;
  for (const auto& one : batches)
    all.emplace_back(one.entries.size(), outcome{why});
  return all;
}

commit_outcome append(writes& db, std::span<const batch> batches, std::span<const cursor> cursors, wall_time at) {
  return append_pass(db, batches, cursors, at).run();
}

} // namespace stentor::store
