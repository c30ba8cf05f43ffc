#include "store/append.hpp"

#include <map>
#include <string_view>
#include <tuple>
#include <utility>

namespace stentor::store {
namespace {

/// What the operations of one room count, and from where.
struct tally {
  uint64_t operations = 0, messages = 0; ///< new ones in this transaction
  seqno seq = 0;                         ///< of the last one written
  uint64_t message_count = 0;            ///< with the last one written
  bool is_known = false;                 ///< the room exists
};

/// An entry that nothing speaks against, to be written.
struct accepted {
  room_id room;
  const entry* asked;
  outcome* answer;
};

/// A retry of an entry of the same transaction; shares its outcome.
struct repeated {
  const outcome* first;
  outcome* answer;
};

std::optional<std::string> nullable(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

event_ptr make_event(room_id room, seqno seq, wall_time at, std::variant<message_posted, member_added> what) {
  return std::make_shared<const event>(event{room, seq, at, std::move(what)});
}

message_posted make_message(message_id id, const user_ptr& author, const post_message& what) {
  return {id, author, what.content, what.client_message_id, what.reply_to};
}

/// One transaction, in four steps: decide each entry on stored state, take numbers for what is accepted, write it, commit.
class append_pass {
public:
  append_pass(writes& db, wall_time at) : db_(db), at_(at) {}

  outcomes run(std::span<const batch> batches) {
    auto answers = refuse(batches, errc::internal);
    transaction all(db_.around);
    for (size_t b = 0; b < batches.size(); ++b)
      for (size_t e = 0; e < batches[b].entries.size(); ++e)
        decide(batches[b].room, batches[b].entries[e], answers[b][e]);
    take_numbers();
    for (const auto& one : accepted_)
      write(one);
    all.commit();
    for (const auto& retry : repeated_)
      *retry.answer = {retry.first->what, false};
    return answers;
  }

private:
  void decide(room_id room, const entry& asked, outcome& answer) {
    std::visit([&](const auto& what) { decide(room, asked, what, answer); }, asked.what);
  }

  void decide(room_id room, const entry& asked, const post_message& what, outcome& answer) {
    if (!what.client_message_id.empty() && is_retry(room, asked.author, what, answer))
      return;
    if (what.reply_to && !db_.find_message.one(*what.reply_to, room)) {
      answer.what = failure{errc::not_found, "Original message not found or has been deleted"};
      return;
    }
    if (!what.client_message_id.empty())
      keys_.emplace(std::tuple(room, asked.author->id, std::string_view(what.client_message_id)), accepted_.size());
    accept(room, asked, answer);
    ++rooms_[room].messages;
    ++messages_;
  }

  void decide(room_id room, const entry& asked, const add_member& what, outcome& answer) {
    auto key = std::pair(room, what.who);
    auto found = roles_.find(key);
    if (found == roles_.end()) {
      auto stored = db_.find_role.one(room, what.who);
      found = roles_.emplace(key, stored ? std::optional(std::get<0>(*stored)) : std::nullopt).first;
    }
    if (found->second == what.role)
      answer.what = failure{errc::already_exists, "Already a member"};
    else if (!found->second && !db_.find_account.one(what.who))
      answer.what = failure{errc::not_found, "User not found"};
    else {
      found->second = what.role;
      accept(room, asked, answer);
    }
  }

  void accept(room_id room, const entry& asked, outcome& answer) {
    accepted_.push_back({room, &asked, &answer});
    ++rooms_[room].operations;
  }

  /// True if the author has used the key before; the entry is answered then.
  bool is_retry(room_id room, const user_ptr& author, const post_message& what, outcome& answer) {
    auto reused = failure{errc::id_reused};
    if (auto pending = keys_.find({room, author->id, what.client_message_id}); pending != keys_.end()) {
      const auto& first = accepted_[pending->second];
      if (std::get<post_message>(first.asked->what) == what)
        repeated_.push_back({first.answer, &answer});
      else
        answer.what = reused;
      return true;
    }
    auto stored = db_.find_retry.one(room, author->id, what.client_message_id);
    if (!stored)
      return false;
    const auto& [id, seq, content, reply_to, at] = *stored;
    if (content == what.content && reply_to == what.reply_to)
      answer.what = make_event(room, seq, at, make_message(id, author, what));
    else
      answer.what = reused;
    return true;
  }

  void take_numbers() {
    for (auto& [room, numbers] : rooms_) { // ascending: any other order can deadlock where rows are locked one by one
      numbers.is_known = db_.advance_room.run(numbers.operations, numbers.messages, room) == 1;
      if (!numbers.is_known)
        continue;
      auto [last_seq, message_count] = db_.room_counters.one(room).value();
      numbers.seq = last_seq - numbers.operations;
      numbers.message_count = message_count - numbers.messages;
    }
    if (messages_ > 0)
      next_id_ = db_.take_ids(messages_);
  }

  void write(const accepted& one) {
    auto& numbers = rooms_[one.room];
    if (!numbers.is_known) {
      one.answer->what = failure{errc::not_found};
      return;
    }
    ++numbers.seq;
    *one.answer = {std::visit([&](const auto& what) { return write(one.room, numbers, one.asked->author, what); }, one.asked->what), true};
  }

  event_ptr write(room_id room, tally& numbers, const user_ptr& author, const post_message& what) {
    auto id = message_id{next_id_++};
    ++numbers.message_count;
    db_.insert_message.run(id, room, numbers.seq, numbers.message_count, author->id, nullable(what.client_message_id), what.content,
                           what.reply_to, at_);
    db_.insert_operation.run(room, numbers.seq, numbers.message_count, operation_kind::message_posted, at_, author->id, id, {}, {});
    return make_event(room, numbers.seq, at_, make_message(id, author, what));
  }

  event_ptr write(room_id room, tally& numbers, const user_ptr& author, const add_member& what) {
    db_.put_member.run(room, what.who, what.role);
    db_.insert_operation.run(room, numbers.seq, numbers.message_count, operation_kind::member_added, at_, author->id, {}, what.who,
                             what.role);
    return make_event(room, numbers.seq, at_, member_added{what.who, what.role});
  }

  writes& db_;
  wall_time at_;
  uint64_t next_id_ = 0;
  uint64_t messages_ = 0;
  std::vector<accepted> accepted_;
  std::vector<repeated> repeated_;
  std::map<room_id, tally> rooms_;
  std::map<std::tuple<room_id, user_id, std::string_view>, size_t> keys_;   ///< of accepted entries, to their place
  std::map<std::pair<room_id, user_id>, std::optional<member_role>> roles_; ///< with what was accepted so far
};

} // namespace

outcomes refuse(std::span<const batch> batches, const failure& why) {
  outcomes all;
  for (const auto& one : batches)
    all.emplace_back(one.entries.size(), outcome{why});
  return all;
}

outcomes append(writes& db, std::span<const batch> batches, wall_time at) {
  return append_pass(db, at).run(batches);
}

} // namespace stentor::store
