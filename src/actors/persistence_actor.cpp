#include "actors/persistence_actor.hpp"

#include "actors/errors.hpp"

#include <cassert>
#include <chrono>
#include <utility>

namespace stentor {
namespace {

const auto seconds = metrics::series{metrics::metric::commit_seconds};
const auto operations = metrics::series{metrics::metric::commit_operations};

size_t count(const std::vector<store::batch>& batches) {
  size_t all = 0;
  for (const auto& one : batches)
    all += one.entries.size();
  return all;
}

result<stored> once_stored(const result<bool>& done) {
  if (!done)
    return done.error();
  return stored{};
}

template <class T>
void answer_with(caf::typed_response_promise<T>& to, const result<T>& what) {
  if (what)
    to.deliver(*what);
  else
    to.deliver(to_error(what.error()));
}

template <class T>
std::optional<failure> outage_in(const result<T>& what) {
  return !what && what.error().code == errc::unavailable ? std::optional{what.error()} : std::nullopt;
}

/// A store that does not work has refused everything.
std::optional<failure> outage_in(const store::commit_outcome& done) {
  for (const auto& batch : done.batches)
    for (const auto& one : batch)
      return outage_in(one.what);
  return done.cursors.empty() ? std::nullopt : outage_in(done.cursors[0]);
}

} // namespace

persistence_host::persistence_host(handle::pointer self, std::shared_ptr<store::database> db, size_t writes_max)
  : self_(self), db_(std::move(db)), journal_(std::make_unique<store::journal>(*db_)), writes_max_(writes_max) {
}

persistence_host::handle::behavior_type persistence_host::make_behavior() {
  self_->set_exit_handler([this](caf::exit_msg& exit) {
    refuse_all(errc::shutting_down);
    self_->quit(exit.reason);
  });
  return {
    [this](const append& what) { return on_append(what); },
    [this](const commit_waiting&) { on_commit(); },
    [this](const store::cursor& what) { return on_cursor(what); },
    [this](const store::new_room& what) { return in_turn<room_info>([this, what] { return journal_->create_room(what); }); },
    [this](const store::new_user& what) { return in_turn<user>([this, what] { return journal_->ensure_user(what); }); },
    [this](const try_store&) { return in_turn<bool>([this] { return journal_->try_write(); }); },
    [this](const store::new_account& what) { return in_turn<store::account>([this, what] { return journal_->register_account(what); }); },
    [this](const store::password_change& what) {
      return in_turn<stored>([this, what] { return once_stored(journal_->change_password(what)); });
    },
    [this](const store::state_change& what) { return in_turn<stored>([this, what] { return once_stored(journal_->change_state(what)); }); },
    [this](const store::revocation& what) { return in_turn<stored>([this, what] { return once_stored(journal_->revoke(what)); }); },
  };
}

// -- what waits ---------------------------------------------------------------

caf::result<appended> persistence_host::on_append(const append& what) {
  auto reply = self_->make_response_promise<appended>();
  batches_.push_back(what.batch);
  replies_.push_back(reply);
  commit_soon();
  return reply;
}

caf::result<store::cursor> persistence_host::on_cursor(const store::cursor& what) {
  if (is_full())
    return to_error({errc::busy, std::chrono::seconds{1}});
  auto reply = self_->make_response_promise<store::cursor>();
  cursors_.push_back(what);
  cursor_replies_.push_back(reply);
  commit_soon();
  return reply;
}

template <class Answer, class Work>
caf::result<Answer> persistence_host::in_turn(Work work) {
  if (is_full())
    return to_error({errc::busy, std::chrono::seconds{1}});
  auto reply = self_->make_response_promise<Answer>();
  writes_.push_back([reply, work](const std::optional<failure>& why_not) mutable {
    auto done = why_not ? result<Answer>{*why_not} : work();
    answer_with(reply, done);
    return outage_in(done);
  });
  commit_soon();
  return reply;
}

void persistence_host::commit_soon() {
  count_waiting();
  if (!std::exchange(commits_soon_, true))
    self_->send(self_, commit_waiting{});
}

// -- what is written ----------------------------------------------------------

void persistence_host::on_commit() {
  commits_soon_ = false;
  write_one(commit_together());
  count_waiting();
  if (!writes_.empty())
    commit_soon();
}

std::optional<failure> persistence_host::commit_together() {
  auto batches = std::exchange(batches_, {});
  auto replies = std::exchange(replies_, {});
  auto cursors = std::exchange(cursors_, {});
  auto cursor_replies = std::exchange(cursor_replies_, {});
  if (batches.empty() && cursors.empty())
    return {};
  auto began = std::chrono::steady_clock::now();
  auto done = journal_->commit(batches, cursors);
  auto took = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - began);
  if (!batches.empty()) {
    seconds.observe(static_cast<uint64_t>(took.count()));
    operations.observe(count(batches));
  }
  assert(done.batches.size() == replies.size() && done.cursors.size() == cursor_replies.size());
  auto outage = outage_in(done);
  for (size_t i = 0; i < replies.size(); ++i)
    replies[i].deliver(appended{std::move(done.batches[i])});
  for (size_t i = 0; i < cursor_replies.size(); ++i)
    answer_with(cursor_replies[i], done.cursors[i]);
  return outage;
}

/// Each of them would wait for the same lock, one after the other.
void persistence_host::write_one(std::optional<failure> outage) {
  if (!outage && !writes_.empty()) {
    auto next = std::move(writes_.front());
    writes_.pop_front();
    outage = next({});
  }
  if (outage)
    for (auto& refuse : std::exchange(writes_, {}))
      refuse(outage);
}

void persistence_host::refuse_all(const failure& why) {
  for (auto& to : std::exchange(replies_, {}))
    to.deliver(to_error(why));
  for (auto& to : std::exchange(cursor_replies_, {}))
    to.deliver(to_error(why));
  for (auto& refuse : std::exchange(writes_, {}))
    refuse(why);
}

} // namespace stentor
