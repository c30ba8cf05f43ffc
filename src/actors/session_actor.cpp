#include "actors/session_actor.hpp"

namespace stentor {

session_host::session_host(handle::pointer self, user_id who, network_list networks, presence_actor presence)
  : self_(self), who_(who), networks_(std::move(networks)), presence_(std::move(presence)) {
}

session_host::handle::behavior_type session_host::make_behavior() {
  return {
    [this](const device_came& what) { on_came(what); },
    [this](const device_left& what) { on_left(what); },
    [this](const device_renewed& what) { devices_.renew(what.device, what.token); },
    [this](const expel& what) { on_expel(what); },
  };
}

void session_host::on_came(const device_came& what) {
  devices_.add(what.device, what.where, what.token);
  self_->send(presence_, online{who_, what.device, what.where});
}

void session_host::on_left(const device_left& what) {
  devices_.remove(what.device);
  self_->send(presence_, offline{who_, what.device});
  if (devices_.empty())
    self_->quit();
}

void session_host::on_expel(const expel& what) {
  auto whom = what.token.empty() ? devices_.all() : devices_.with_token(what.token);
  send_by_thread(self_, networks_, whom, [](auto here) { return disconnect{std::move(here)}; });
}

} // namespace stentor
