#include "library/work_queue.hpp"

#include "net/failures.hpp"

#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <utility>

namespace stentor {
namespace {

class work_queue_host final : public work_queue::base {
public:
  using work_queue::base::base;
  behavior_type make_behavior() override {
    return {
      [](const work& piece) {
        try {
          (*piece.run)();
        } catch (...) {
          report_exception("a handler");
        }
      },
      [this](const end_of_work&) { quit(); },
    };
  }
  const char* name() const override { return "work_queue"; }
};

/// Goes to another queue if the one that it is in drops it.
struct errand {
  errand(work_queue other, std::function<void()> what) : other(std::move(other)), what(std::move(what)) {}
  errand(const errand&) = delete;
  errand& operator=(const errand&) = delete;
  ~errand() {
    if (what)
      enqueue(other, std::move(what));
  }
  void run() { std::exchange(what, nullptr)(); }

  work_queue other;
  std::function<void()> what;
};

} // namespace

/// Lazily: a worker is woken for work, not for an empty queue.
work_queue make_work_queue(caf::actor_system& system) {
  return system.spawn<work_queue_host, caf::lazy_init>();
}

void enqueue(const work_queue& queue, std::function<void()> what) {
  caf::anon_send(queue, work{std::make_shared<const std::function<void()>>(std::move(what))});
}

void enqueue(const work_queue& queue, const work_queue& other, std::function<void()> what) {
  enqueue(queue, [piece = std::make_shared<errand>(other, std::move(what))] { piece->run(); });
}

void finish(const work_queue& queue, std::function<void()> what) {
  enqueue(queue, std::move(what));
  caf::anon_send(queue, end_of_work{});
}

} // namespace stentor
