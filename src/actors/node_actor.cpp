#include "actors/node_actor.hpp"

#include <caf/typed_response_promise.hpp>

#include <memory>

namespace stentor {

node_host::node_host(handle::pointer self, house parts) : self_(self), parts_(std::move(parts)) {
}

node_host::handle::behavior_type node_host::make_behavior() {
  return {[this](const drain&) { return on_drain(); }};
}

caf::result<drained> node_host::on_drain() {
  auto to = self_->make_response_promise<drained>();
  auto left = std::make_shared<size_t>(parts_.networks.size());
  auto one_less = [this, left, to]() mutable {
    if (--*left == 0)
      drain_rooms(to);
  };
  for (const auto& network : parts_.networks)
    self_->request(network, caf::infinite, drain{})
      .then([one_less](const drained&) mutable { one_less(); }, [one_less](const caf::error&) mutable { one_less(); });
  return to;
}

void node_host::drain_rooms(caf::typed_response_promise<drained> to) {
  auto done = [this, to]() mutable {
    stop_the_rest();
    to.deliver(drained{});
    self_->quit();
  };
  auto drain_directory = [this, done]() mutable {
    self_->request(parts_.directory, caf::infinite, drain{})
      .then([done](const drained&) mutable { done(); }, [done](const caf::error&) mutable { done(); });
  };
  self_->request(parts_.registry, caf::infinite, drain{})
    .then([drain_directory](const drained&) mutable { drain_directory(); },
          [drain_directory](const caf::error&) mutable { drain_directory(); });
}

void node_host::stop_the_rest() {
  self_->send_exit(parts_.registry, caf::exit_reason::user_shutdown);
  self_->send_exit(parts_.presence, caf::exit_reason::user_shutdown);
  self_->send_exit(parts_.accounts, caf::exit_reason::user_shutdown);
  for (const auto& hasher : parts_.hashers)
    self_->send_exit(hasher, caf::exit_reason::user_shutdown);
  self_->send_exit(parts_.directory, caf::exit_reason::user_shutdown);
  self_->send_exit(parts_.persistence, caf::exit_reason::user_shutdown);
  for (const auto& reader : parts_.readers)
    self_->send_exit(reader, caf::exit_reason::user_shutdown);
  parts_ = {};
}

} // namespace stentor
