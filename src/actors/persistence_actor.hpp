#pragma once

#include "actors/protocol.hpp"
#include "base/metrics.hpp"
#include "store/database.hpp"

#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace stentor {

/// Owns the one writing connection. The first operation that arrives asks it to commit; by the time that message is its turn,
/// everything that had queued up behind is in the same transaction, with the read cursors. Other writes have transactions of their own:
/// one for each commit, so that they do not hold up messages, and none while the store does not work. Spawn detached: it
/// blocks on the disk.
class persistence_host {
public:
  using handle = persistence_actor;
  static inline const char* name = "persistence";

  /// `writes_max`: what may wait besides operations, which rooms count.
  persistence_host(handle::pointer self, std::shared_ptr<store::database> db, size_t writes_max = 1024);
  handle::behavior_type make_behavior();

private:
  /// Does it, unless there is a reason not to, and answers; gives why the store does not work.
  using write = std::function<std::optional<failure>(const std::optional<failure>& why_not)>;

  caf::result<appended> on_append(const append& what);
  caf::result<store::cursor> on_cursor(const store::cursor& what);
  template <class Answer, class Work>
  caf::result<Answer> in_turn(Work work);
  bool is_full() const { return cursors_.size() + writes_.size() >= writes_max_; }
  void commit_soon();
  void on_commit();
  std::optional<failure> commit_together();
  void write_one(std::optional<failure> outage);
  void refuse_all(const failure& why);
  void count_waiting() { waiting_.set(cursors_.size() + writes_.size()); }

  handle::pointer self_;
  std::shared_ptr<store::database> db_;
  std::unique_ptr<store::journal> journal_;
  size_t writes_max_;
  bool commits_soon_ = false; ///< has been asked to
  std::vector<store::batch> batches_;
  std::vector<caf::typed_response_promise<appended>> replies_; ///< one for each of batches_
  std::vector<store::cursor> cursors_;
  std::vector<caf::typed_response_promise<store::cursor>> cursor_replies_; ///< one for each of cursors_
  std::deque<write> writes_;
  metrics::share waiting_{metrics::metric::writes_waiting};
};

} // namespace stentor
