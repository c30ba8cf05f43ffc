#pragma once

#include "net/asio_hosted.hpp"
#include "net/interface.hpp"

namespace stentor {

class network;

/// The actor of a network thread: its mailbox. Everything else is `network`.
class network_host final : public asio_hosted<network_actor> {
public:
  network_host(caf::actor_config& cfg, boost::asio::io_context& io, network& owner);
  behavior_type make_behavior() override;
  const char* name() const override { return "network"; }

private:
  void on_exception() override;

  network& owner_;
};

} // namespace stentor
