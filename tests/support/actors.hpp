#pragma once

// An actor system that runs when the test says so, and someone in it who asks.

#include "actors/errors.hpp"
#include "net/interface.hpp"

#include <caf/actor_registry.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/response_type.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <gtest/gtest.h>

#include <concepts>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <vector>

namespace stentor {

/// What came back for one question, if anything did.
template <class T>
class reply {
public:
  bool pending() const { return !*slot_; }
  /// The answer; a test that expected one fails where there is none.
  const T& value() const {
    if (pending())
      throw std::logic_error("not answered yet");
    if (!**slot_)
      throw std::logic_error("refused: " + (**slot_).error().detail);
    return ***slot_;
  }
  /// Why it was refused.
  const failure& error() const {
    if (pending() || **slot_)
      throw std::logic_error(pending() ? "not answered yet" : "not refused");
    return (**slot_).error();
  }
  errc code() const { return error().code; }

  void set(result<T> what) const {
    EXPECT_FALSE(*slot_) << "answered twice";
    *slot_ = std::move(what);
  }

private:
  std::shared_ptr<std::optional<result<T>>> slot_ = std::make_shared<std::optional<result<T>>>();
};

/// Requests of one kind that wait for the test to answer them, oldest first.
template <class Message, class Answer>
class inbox {
public:
  /// If it is set, everything is answered by it at once.
  std::function<result<Answer>(const Message&)> always;
  std::vector<Message> seen;

  template <class Self>
  caf::result<Answer> take(Self* self, const Message& what) {
    seen.push_back(what);
    if (always)
      return stentor::answer(always(what));
    waiting_.push_back({self, self->template make_response_promise<Answer>()});
    return waiting_.back().to;
  }

  size_t waiting() const { return waiting_.size(); }
  void answer(result<Answer> with) {
    if (waiting_.empty())
      throw std::logic_error("nobody has asked");
    auto [self, to] = std::move(waiting_.front());
    waiting_.pop_front();
    self->context(nullptr);
    if (with)
      to.deliver(*std::move(with));
    else
      to.deliver(to_error(with.error()));
  }

private:
  struct question {
    caf::local_actor* self; ///< kept alive by the promise
    caf::typed_response_promise<Answer> to;
  };
  std::deque<question> waiting_;
};

/// An actor out of a function that makes its behavior. (CAF 0.17 follows a null pointer when such a function takes itself alone.)
template <class Handle, class MakeBehavior>
Handle play(caf::actor_system& system, MakeBehavior make) {
  using self = typename Handle::pointer;
  return system.spawn([](self me, const MakeBehavior& make) -> typename Handle::behavior_type { return make(me); }, std::move(make));
}

/// One deterministic actor system per test. Everything runs in `settle()`, in one thread; nothing else makes time pass.
class ActorTest : public testing::Test {
protected:
  struct config : caf::actor_system_config {
    config() { set("scheduler.policy", caf::atom("testing")); }
  };

  config config_;
  caf::actor_system system{config_};
  caf::scheduler::test_coordinator& scheduler = dynamic_cast<caf::scheduler::test_coordinator&>(system.scheduler());

  ActorTest() {
    asker_ = play<connection_actor>(system, [this](connection_actor::pointer self) -> connection_actor::behavior_type {
      asker_self_ = self;
      return {[](const drain&) {}};
    });
    scheduler.run();
  }
  ~ActorTest() override {
    for (const auto& x : mortals_)
      caf::anon_send_exit(x, caf::exit_reason::user_shutdown);
    caf::anon_send_exit(asker_, caf::exit_reason::user_shutdown);
    scheduler.run();
    if (alive() > 0) {
      ADD_FAILURE() << alive() << " actors outlive the test: the actor system would never end";
      system.await_actors_before_shutdown(false);
    }
  }

  /// Runs until nothing is left to do.
  virtual void settle() { scheduler.run(); }

  size_t alive() { return system.registry().running(); }

  /// Ends `whom` with the test.
  template <class Actor>
  const Actor& mortal(const Actor& whom) {
    mortals_.push_back(caf::actor_cast<caf::strong_actor_ptr>(whom));
    return whom;
  }
  template <class Actor>
  void kill(const Actor& whom) {
    caf::anon_send_exit(whom, caf::exit_reason::kill);
  }

  template <class Actor, class Message>
  using answer_of = caf::detail::tl_head_t<caf::response_type_t<typename Actor::signatures, Message>>;

  /// Asks, and lets nothing run.
  template <class Actor, class Message>
  reply<answer_of<Actor, Message>> ask(const Actor& whom, Message what) {
    using answer = answer_of<Actor, Message>;
    auto to = reply<answer>{};
    asker_self_->context(nullptr); // that of its last turn is gone
    asker_self_->request(whom, caf::infinite, std::move(what))
      .then([to](const answer& x) { to.set(x); }, [to](const caf::error& why) { to.set(to_failure(why)); });
    return to;
  }
  /// Tells what has no answer.
  template <class Actor, class Message>
  void tell(const Actor& whom, Message what) {
    asker_self_->context(nullptr);
    asker_self_->send(whom, std::move(what));
  }

private:
  connection_actor asker_; ///< asks as connections do
  connection_actor::pointer asker_self_ = nullptr;
  std::vector<caf::strong_actor_ptr> mortals_;
};

} // namespace stentor
