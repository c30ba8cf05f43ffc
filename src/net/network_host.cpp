#include "net/network_host.hpp"

#include "net/failures.hpp"
#include "net/network.hpp"

namespace stentor {

network_host::network_host(caf::actor_config& cfg, boost::asio::io_context& io, network& owner) : asio_hosted(cfg, io), owner_(owner) {
}

void network_host::on_exception() {
  report_exception("a network thread");
}

network_host::behavior_type network_host::make_behavior() {
  return {
    [this](const deliver& news) { owner_.top().on_deliver(news); },
    [this](const deliver_to& news) { owner_.top().on_deliver_to(news); },
    [this](const disconnect& whom) { owner_.top().on_disconnect(whom); },
    [this](const drain&) -> caf::result<drained> {
      auto reply = make_response_promise<drained>();
      owner_.drain([reply]() mutable { reply.deliver(drained{}); });
      return reply;
    },
  };
}

} // namespace stentor
