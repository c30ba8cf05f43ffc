#include "actors/persistence_actor.hpp"

#include "actors/errors.hpp"

#include "base/metrics.hpp"

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

caf::result<stored> once_stored(const result<bool>& done) {
  if (!done)
    return to_error(done.error());
  return stored{};
}

} // namespace

persistence_host::persistence_host(handle::pointer self, std::shared_ptr<store::database> db)
  : self_(self), db_(std::move(db)), journal_(std::make_unique<store::journal>(*db_)) {
}

persistence_host::handle::behavior_type persistence_host::make_behavior() {
  return {
    [this](const append& what) { return on_append(what); },
    [this](const commit_waiting&) { on_commit(); },
    [this](const store::cursor& what) { return answer(journal_->move_cursor(what)); },
    [this](const store::new_room& what) { return answer(journal_->create_room(what)); },
    [this](const store::new_user& what) { return answer(journal_->ensure_user(what)); },
    [this](const try_store&) { return answer(journal_->try_write()); },
    [this](const store::new_account& what) { return answer(journal_->register_account(what)); },
    [this](const store::password_change& what) { return once_stored(journal_->change_password(what)); },
    [this](const store::state_change& what) { return once_stored(journal_->change_state(what)); },
    [this](const store::revocation& what) { return once_stored(journal_->revoke(what)); },
  };
}

caf::result<appended> persistence_host::on_append(const append& what) {
  if (batches_.empty())
    self_->send(self_, commit_waiting{});
  auto reply = self_->make_response_promise<appended>();
  batches_.push_back(what.batch);
  replies_.push_back(reply);
  return reply;
}

void persistence_host::on_commit() {
  auto batches = std::exchange(batches_, {});
  auto replies = std::exchange(replies_, {});
  auto began = std::chrono::steady_clock::now();
  auto outcomes = journal_->append(batches);
  auto took = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - began);
  seconds.observe(static_cast<uint64_t>(took.count()));
  operations.observe(count(batches));
  assert(outcomes.size() == replies.size());
  for (size_t i = 0; i < replies.size(); ++i)
    replies[i].deliver(appended{std::move(outcomes[i])});
}

} // namespace stentor
