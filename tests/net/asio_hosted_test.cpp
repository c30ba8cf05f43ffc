#include "net/asio_hosted.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>
#include <gtest/gtest.h>

#include <future>
#include <thread>
#include <vector>

namespace stentor {
namespace {

using namespace std::chrono_literals;

/// Answers a number with a number.
using number_actor = caf::typed_actor<caf::replies_to<int32_t>::with<int32_t>>;
/// Takes numbers.
using sink_actor = caf::typed_actor<caf::reacts_to<int32_t>>;

template <class Handle>
class hosted : public asio_hosted<Handle> {
public:
  using asio_hosted<Handle>::asio_hosted;

protected:
  void on_exception() override { ADD_FAILURE() << "a handler has thrown"; }
};

struct actors_config : caf::actor_system_config {
  actors_config() { set("scheduler.max-threads", 2); }
};

/// CAF with two workers beside one context with its own thread.
struct context_with_a_thread : testing::Test {
  boost::asio::io_context io{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard{io.get_executor()};
  actors_config config;
  caf::actor_system system{config};
  std::thread thread{[this] { io.run(); }};

  ~context_with_a_thread() override {
    system.await_all_actors_done();
    guard.reset();
    thread.join();
  }
  template <class Actor>
  void end(const Actor& whom) {
    caf::anon_send_exit(whom, caf::exit_reason::user_shutdown);
  }
  /// The answer to a number, or what became of it.
  std::string ask(const number_actor& whom, int32_t number) {
    caf::scoped_actor self{system};
    std::string heard;
    self->request(whom, 30s, number)
      .receive([&](int32_t answer) { heard = std::to_string(answer); }, [&](const caf::error& why) { heard = system.render(why); });
    return heard;
  }
  /// An actor of CAF's workers. (CAF 0.17 follows a null pointer when the function that makes a behavior takes nothing but `self`.)
  template <class Handler>
  number_actor spawn_worker(Handler handle) {
    return system.spawn(
      [](number_actor::pointer self, const Handler& handle) -> number_actor::behavior_type {
        return {[self, handle](int32_t number) { return handle(self, number); }};
      },
      std::move(handle));
  }
  number_actor spawn_doubler() {
    return spawn_worker([](number_actor::pointer, int32_t number) { return 2 * number; });
  }
};

// -- the thread ---------------------------------------------------------------

/// Passes a number on to `next`; its answer is negative if one of its steps ran on another thread than the context's.
class relay : public hosted<number_actor> {
public:
  relay(caf::actor_config& cfg, boost::asio::io_context& io, std::thread::id home, number_actor next)
    : hosted(cfg, io), home_(home), next_(std::move(next)) {}

  behavior_type make_behavior() override {
    away_ |= std::this_thread::get_id() != home_;
    return {[this](int32_t number) -> caf::result<int32_t> {
      away_ |= std::this_thread::get_id() != home_;
      auto reply = make_response_promise<int32_t>();
      request(next_, caf::infinite, number)
        .then(
          [this, reply](int32_t answer) mutable {
            away_ |= std::this_thread::get_id() != home_;
            reply.deliver(away_ ? -answer : answer);
          },
          [reply](caf::error& why) mutable { reply.deliver(std::move(why)); });
      return reply;
    }};
  }
  void on_exit() override { next_ = nullptr; }

private:
  std::thread::id home_;
  number_actor next_;
  bool away_ = false;
};

TEST_F(context_with_a_thread, AnswersOfRequestsContinueOnTheContextsThread) {
  auto doubler = spawn_doubler();
  auto subject = number_actor{system.spawn<relay>(std::ref(io), thread.get_id(), doubler)};
  for (auto i = 1; i <= 100; ++i)
    ASSERT_EQ(ask(subject, i), std::to_string(2 * i));
  end(subject);
  end(doubler);
}

TEST_F(context_with_a_thread, TheErrorOfARequestContinuesThereToo) {
  auto doubler = spawn_doubler();
  auto subject = number_actor{system.spawn<relay>(std::ref(io), thread.get_id(), doubler)};
  end(doubler);
  caf::scoped_actor {
    system
    } -> wait_for(doubler);
  EXPECT_EQ(ask(subject, 1), "system_error(request_receiver_down)");
  end(subject);
}

TEST_F(context_with_a_thread, RequestsToAnActorThatHasEndedBounce) {
  auto doubler = spawn_doubler();
  auto subject = number_actor{system.spawn<relay>(std::ref(io), thread.get_id(), doubler)};
  EXPECT_EQ(ask(subject, 1), "2");
  end(subject);
  caf::scoped_actor {
    system
    } -> wait_for(subject);
  EXPECT_EQ(ask(subject, 1), "system_error(request_receiver_down)");
  end(doubler);
}

TEST_F(context_with_a_thread, RequestsThatLieBehindTheExitBounce) {
  auto doubler = spawn_doubler();
  auto subject = number_actor{system.spawn<relay>(std::ref(io), thread.get_id(), doubler)};
  std::promise<void> gate;
  boost::asio::post(io, [opened = gate.get_future().share()] { opened.wait(); });
  end(subject);
  caf::scoped_actor self{system};
  auto late = self->request(subject, 30s, 1);
  gate.set_value();
  late.receive([](int32_t) { FAIL() << "answered"; }, [](const caf::error& why) { EXPECT_EQ(why, caf::sec::request_receiver_down); });
  end(doubler);
}

// -- what is thrown -----------------------------------------------------------

/// Throws at odd numbers: in its handler at 1, in that of an answer at 3. Counts what was thrown.
class faulty : public asio_hosted<number_actor> {
public:
  faulty(caf::actor_config& cfg, boost::asio::io_context& io, number_actor doubler) : asio_hosted(cfg, io), doubler_(std::move(doubler)) {}

  behavior_type make_behavior() override {
    return {[this](int32_t number) -> caf::result<int32_t> {
      if (number == 1)
        throw std::runtime_error("odd");
      auto reply = make_response_promise<int32_t>();
      auto released = std::make_shared<int>();
      request(doubler_, caf::infinite, number).then([this, reply, number, released](int32_t) mutable {
        if (number == 3) {
          held_ = released;
          throw std::runtime_error("odd");
        }
        reply.deliver(thrown_);
      });
      if (number == 3) // what an answer's handler holds goes with it
        reply.deliver(held_.expired() ? 0 : -1);
      return reply;
    }};
  }
  void on_exit() override { doubler_ = nullptr; }

protected:
  void on_exception() override { ++thrown_; }

private:
  number_actor doubler_;
  std::weak_ptr<int> held_;
  int32_t thrown_ = 0;
};

TEST_F(context_with_a_thread, WhatAHandlerThrowsIsAnsweredAndTheActorLivesOn) {
  auto doubler = spawn_doubler();
  auto subject = number_actor{system.spawn<faulty>(std::ref(io), doubler)};
  EXPECT_EQ(ask(subject, 1), "system_error(runtime_error)");
  EXPECT_EQ(ask(subject, 2), "1");
  EXPECT_EQ(ask(subject, 3), "0");
  EXPECT_EQ(ask(subject, 4), "2");
  EXPECT_EQ(ask(subject, 3), "0") << "the handler of the answer has been released";
  end(subject);
  end(doubler);
}

// -- the order ----------------------------------------------------------------

/// Sends itself a number from a handler and writes down when each is handled.
class diarist : public hosted<sink_actor> {
public:
  diarist(caf::actor_config& cfg, boost::asio::io_context& io, std::promise<std::vector<std::string>>& done)
    : hosted(cfg, io), done_(done) {}

  behavior_type make_behavior() override {
    return {[this](int32_t number) {
      lines_.push_back("begin " + std::to_string(number));
      if (number < 3)
        send(this, number + 1);
      lines_.push_back("end " + std::to_string(number));
      if (number == 3)
        done_.set_value(lines_);
    }};
  }

private:
  std::promise<std::vector<std::string>>& done_;
  std::vector<std::string> lines_;
};

TEST_F(context_with_a_thread, WhatAHandlerSendsIsHandledAfterIt) {
  std::promise<std::vector<std::string>> done;
  auto subject = sink_actor{system.spawn<diarist>(std::ref(io), std::ref(done))};
  caf::anon_send(subject, 1);
  auto lines = done.get_future();
  ASSERT_EQ(lines.wait_for(30s), std::future_status::ready);
  EXPECT_EQ(lines.get(), (std::vector<std::string>{"begin 1", "end 1", "begin 2", "end 2", "begin 3", "end 3"}));
  end(subject);
}

/// What the members of one context have heard, in the order in which they were called. Its thread only.
struct chronicle {
  std::vector<int32_t> answered; ///< the newest round of each asker of which the answer has come
  size_t early = 0;              ///< rounds whose news came before their answer
  size_t rounds_left = 0;
  std::promise<void> done;
};

/// Hears of every round after it has been answered, if all is well. Numbers are round * askers + asker.
class news_sink : public hosted<sink_actor> {
public:
  news_sink(caf::actor_config& cfg, boost::asio::io_context& io, chronicle& log) : hosted(cfg, io), log_(log) {}

  behavior_type make_behavior() override {
    return {[this](int32_t number) {
      auto askers = static_cast<int32_t>(log_.answered.size());
      log_.early += log_.answered[static_cast<size_t>(number % askers)] != number / askers;
      if (--log_.rounds_left == 0)
        log_.done.set_value();
    }};
  }

private:
  chronicle& log_;
};

/// Asks its worker round after round.
class asker : public hosted<sink_actor> {
public:
  asker(caf::actor_config& cfg, boost::asio::io_context& io, chronicle& log, number_actor worker)
    : hosted(cfg, io), log_(log), worker_(std::move(worker)) {}

  behavior_type make_behavior() override {
    return {[this](int32_t number) {
      request(worker_, caf::infinite, number).then([this](int32_t answer) {
        auto askers = static_cast<int32_t>(log_.answered.size());
        log_.answered[static_cast<size_t>(answer % askers)] = answer / askers;
        send(this, answer + askers);
      });
    }};
  }
  void on_exit() override { worker_ = nullptr; }

private:
  chronicle& log_;
  number_actor worker_;
};

/// A room joins a connection like this: the answer, then the first news, to another actor of the same thread.
TEST_F(context_with_a_thread, AnAnswerIsHandledBeforeALaterSendOfTheSameWorkerToAnotherActor) {
  constexpr auto askers = 4;
  constexpr auto rounds = size_t{20'000};
  auto log = chronicle{std::vector<int32_t>(askers, -1), 0, rounds, {}};
  auto sink = sink_actor{system.spawn<news_sink>(std::ref(io), std::ref(log))};
  std::vector<number_actor> workers;
  std::vector<sink_actor> all;
  for (auto i = 0; i < askers; ++i) {
    workers.push_back(spawn_worker([sink](number_actor::pointer self, int32_t number) -> caf::result<int32_t> {
      auto reply = self->make_response_promise<int32_t>();
      reply.deliver(number);
      self->send(sink, number);
      return reply;
    }));
    all.push_back(system.spawn<asker>(std::ref(io), std::ref(log), workers.back()));
    caf::anon_send(all.back(), i);
  }
  ASSERT_EQ(log.done.get_future().wait_for(120s), std::future_status::ready);
  std::promise<size_t> early;
  boost::asio::post(io, [&] {
    log.rounds_left = SIZE_MAX; // the askers go on until they end
    early.set_value(log.early);
  });
  EXPECT_EQ(early.get_future().get(), 0u);
  for (const auto& x : all)
    end(x);
  for (const auto& x : workers)
    end(x);
  end(sink);
  system.await_all_actors_done();
}

} // namespace
} // namespace stentor
