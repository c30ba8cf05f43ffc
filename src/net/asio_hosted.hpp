#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <caf/detail/sync_request_bouncer.hpp>
#include <caf/response_promise.hpp>
#include <caf/scoped_execution_unit.hpp>
#include <caf/sec.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <utility>

namespace stentor {

/// A typed actor whose handlers run on one io_context instead of CAF's workers.
///
/// `request(...).then(...)` continues on the same context. Never use `await` or `skip` here: there is no mailbox to park a
/// message in. What a handler throws goes to `on_exception`, and whoever waits for its answer gets `sec::runtime_error`; the actor lives
/// on. Actors of one context call each other's functions; what they sent to each other could be overtaken.
template <class Handle>
class asio_hosted : public Handle::base {
public:
  using super = typename Handle::base;
  using super::enqueue;

  asio_hosted(caf::actor_config& cfg, boost::asio::io_context& io) : super(cfg), io_(io), unit_(&this->home_system()) {}

  /// Any thread. The captured handle keeps the actor alive until its turn.
  void enqueue(caf::mailbox_element_ptr what, caf::execution_unit*) override {
    boost::asio::post(io_, [this, self = caf::strong_actor_ptr{this->ctrl()}, what = std::move(what)]() mutable {
      if (this->getf(caf::abstract_actor::is_terminated_flag))
        caf::detail::sync_request_bouncer{caf::exit_reason::user_shutdown}(*what);
      else
        this->activate(&unit_, *what);
    });
  }

  caf::invoke_message_result consume(caf::mailbox_element& what) override {
    try {
      return super::consume(what);
    } catch (...) {
      on_exception();
      if (what.mid.is_request())
        this->make_response_promise().deliver(caf::make_error(caf::sec::runtime_error));
      return caf::invoke_message_result::consumed;
    }
  }

  void launch(caf::execution_unit*, bool, bool hide) override {
    if (!hide)
      this->register_at_system();
    boost::asio::post(io_, [this, self = caf::strong_actor_ptr{this->ctrl()}] { this->activate(&unit_); });
  }

protected:
  /// A handler has thrown; called in the `catch`. Throws nothing.
  virtual void on_exception() = 0;

private:
  boost::asio::io_context& io_;
  caf::scoped_execution_unit unit_;
};

} // namespace stentor
