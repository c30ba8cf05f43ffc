#include "library/space.hpp"

#include "library/broadcast_state.hpp"
#include "library/socket_core.hpp"
#include "net/connection.hpp"
#include "net/failures.hpp"

namespace stentor {

std::shared_ptr<const rules> space::current() const {
  auto lock = std::lock_guard{mutex_};
  return rules_;
}

void space::change(const std::function<void(rules&)>& how) {
  auto before = std::shared_ptr<const rules>{}; // ends without the lock
  auto lock = std::lock_guard{mutex_};
  auto changed = std::make_shared<rules>(*rules_);
  how(*changed);
  before = std::exchange(rules_, std::move(changed));
}

// -- who comes in -------------------------------------------------------------

void space::on_connect(const std::shared_ptr<io::socket>& inner, const json& auth) {
  auto lost = inner->lost();
  auto guest = std::make_shared<socket_core>(shared_from_this(), inner, lost.get(), auth);
  auto all = current();
  if (!lost && all->middlewares.empty())
    return admit(guest, {});
  core->floors[guest->thread]->guests.insert(guest);
  if (lost)
    succeed(guest, *lost, all);
  else
    guest->enqueue([this, guest, all] { look(guest, all, 0); });
}

/// Behind the end of its queue, which is when the last of its handlers has ended.
void space::succeed(const std::shared_ptr<socket_core>& guest, io::socket& lost, const std::shared_ptr<const rules>& all) {
  auto before = static_cast<bound_socket&>(*lost.handler()).core();
  if (lost.connected()) // half-open: its client would not be here otherwise
    lost.link().end(close_reason::transport_close);
  auto first = core->recovery_skips_middleware ? all->middlewares.size() : 0;
  enqueue(before->queue, guest->queue, [this, guest, before, all, first] {
    guest->handle().set_data(before->data);
    look(guest, all, first);
  });
}

void space::look(const std::shared_ptr<socket_core>& guest, const std::shared_ptr<const rules>& all, size_t at) {
  while (at < all->middlewares.size() && !all->middlewares[at].is_for(guest->place))
    ++at;
  if (at == all->middlewares.size()) {
    core->on_thread(guest->thread, [this, guest, rooms = guest->rooms](auto&) { admit(guest, rooms); });
    return;
  }
  auto go_on = next{[this, guest, all, at](std::optional<refusal> why) {
    if (why)
      core->on_thread(guest->thread, [this, guest, why = *why](auto&) { refuse(guest, why); });
    else
      guest->enqueue([this, guest, all, at] { look(guest, all, at + 1); });
  }};
  auto client = guest->handle();
  try {
    all->middlewares[at].call(client, go_on);
  } catch (...) {
    report_exception("a middleware");
    go_on(refusal{"Internal error"});
  }
}

void space::admit(const std::shared_ptr<socket_core>& guest, const std::vector<std::string>& joined) {
  core->floors[guest->thread]->guests.erase(guest);
  auto inner = guest->inner.lock();
  if (!inner || inner->left() || !inner->link().is_open())
    return guest->end({});
  if (!guest->recovered)
    inner->accept(std::make_unique<bound_socket>(guest));
  else if (!inner->recover(std::make_unique<bound_socket>(guest))) { // meanwhile it is kept no longer
    guest->end({});
    return on_connect(inner, guest->auth);
  }
  for (size_t i = 1; i < joined.size(); ++i) // behind its own id
    inner->enter(joined[i]);
  if (guest->recovered)
    guest->enqueue([guest, rooms = inner->rooms()] { guest->joined(rooms); });
  greet(guest);
}

void space::refuse(const std::shared_ptr<socket_core>& guest, const refusal& why) {
  core->floors[guest->thread]->guests.erase(guest);
  guest->end({});
  if (auto inner = guest->inner.lock(); inner && !inner->left() && inner->link().is_open())
    inner->refuse(why.message, why.data);
}

void space::greet(const std::shared_ptr<socket_core>& guest) const {
  guest->connected = true;
  auto all = current();
  for (const auto& one : all->on_connection)
    if (one.is_for(guest->place))
      guest->enqueue([guest, all, &one] { one.call(guest->handle()); });
}

// -- nsp ----------------------------------------------------------------------

const nsp& nsp::use(middleware look) const {
  space_->change([&](rules& all) { all.middlewares.push_back({name_, std::move(look)}); });
  return *this;
}

const nsp& nsp::on_connection(std::function<void(socket)> handler) const {
  space_->change([&](rules& all) { all.on_connection.push_back({name_, std::move(handler)}); });
  return *this;
}

broadcast_operator nsp::all() const {
  return broadcast_operator{std::make_shared<const broadcast_operator::state>(
    broadcast_operator::state{.home = space_, .place = name_, .whom = {}, .queue = space_->core->queue})};
}

void nsp::server_side_values(const std::string& event, const std::vector<json>& args, std::function<void(const answers&)> then) const {
  check_event(event, args);
  if (then)
    enqueue(space_->core->queue, [then = std::move(then)] { then({}); });
}

} // namespace stentor
