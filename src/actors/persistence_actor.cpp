#include "actors/persistence_actor.hpp"

#include "actors/errors.hpp"

#include <cassert>
#include <utility>

namespace stentor {

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
  auto outcomes = journal_->append(batches);
  assert(outcomes.size() == replies.size());
  for (size_t i = 0; i < replies.size(); ++i)
    replies[i].deliver(appended{std::move(outcomes[i])});
}

} // namespace stentor
