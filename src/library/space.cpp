#include "library/space.hpp"

#include "library/broadcast_state.hpp"
#include "library/socket_core.hpp"
#include "net/connection.hpp"
#include "net/failures.hpp"

namespace stentor {
namespace {

/// Whoever is called twice does nothing the second time.
class only_once {
public:
  bool operator()() const { return !done_->exchange(true); }

private:
  std::shared_ptr<std::atomic<bool>> done_ = std::make_shared<std::atomic<bool>>(false);
};

} // namespace

space::space(server_core& core, std::string name) : core(core), name(std::move(name)) {
  for (size_t i = 0; i < core.floors.size(); ++i)
    parts.push_back(std::make_unique<local>(*this, i));
}

void space::everywhere(const std::function<void(local&)>& what) {
  core.on_every_thread([this, what](server_core::floor& there) { what(*parts[there.net.index()]); });
}

// -- who comes in -------------------------------------------------------------

void space::local::on_connect(const std::shared_ptr<io::socket>& guest, const json& auth) {
  auto core = std::make_shared<socket_core>(home, thread, guest, auth);
  if (home.core.recovery_skips_middleware && recover(core, *guest))
    return greet(core);
  guests.insert(core);
  if (middlewares->empty())
    admit(core, {});
  else
    core->enqueue([this, core, all = middlewares] { look(core, all, 0); });
}

void space::local::look(const std::shared_ptr<socket_core>& core, const std::shared_ptr<const std::vector<middleware>>& all, size_t at) {
  if (at == all->size())
    return core->core.on_thread(thread, [this, core, rooms = core->rooms](auto&) { admit(core, rooms); });
  auto say_no = [this, core](const refusal& why) { core->core.on_thread(thread, [this, core, why](auto&) { refuse(core, why); }); };
  auto go_on = [this, core, all, at, say_no, first = only_once{}](std::optional<refusal> why) {
    if (!first())
      return;
    if (why)
      say_no(*why);
    else
      core->enqueue([this, core, all, at] { look(core, all, at + 1); });
  };
  auto client = core->handle();
  try {
    (*all)[at](client, go_on);
  } catch (...) {
    report_exception("a middleware");
    go_on(refusal{"Internal error"});
  }
}

void space::local::admit(const std::shared_ptr<socket_core>& core, const std::vector<std::string>& joined) {
  guests.erase(core);
  auto guest = core->inner.lock();
  if (!guest || guest->left() || !guest->link().is_open())
    return core->core.close_queue(core->queue, [] {});
  if (!recover(core, *guest))
    guest->accept(std::make_unique<bound_socket>(core));
  for (size_t i = 1; i < joined.size(); ++i) // behind its own id
    guest->enter(joined[i]);
  greet(core);
}

bool space::local::recover(const std::shared_ptr<socket_core>& core, io::socket& guest) {
  auto lost = guest.lost();
  if (!lost)
    return false;
  auto data = static_cast<const bound_socket&>(*lost->handler()).core()->shared_data;
  if (!guest.recover(std::make_unique<bound_socket>(core)))
    return false;
  core->id = core->rooms.front() = guest.id();
  core->joined(guest.rooms());
  core->data = core->shared_data = std::move(data);
  return core->recovered = true;
}

void space::local::refuse(const std::shared_ptr<socket_core>& core, const refusal& why) {
  guests.erase(core);
  core->core.close_queue(core->queue, [] {});
  if (auto guest = core->inner.lock(); guest && !guest->left() && guest->link().is_open())
    guest->refuse(why.message, why.data);
}

void space::local::greet(const std::shared_ptr<socket_core>& core) const {
  core->connected = true;
  for (const auto& call : on_connection)
    core->enqueue([core, call] { call(core->handle()); });
}

// -- nsp ----------------------------------------------------------------------

const std::string& nsp::name() const {
  return space_->name;
}

nsp& nsp::use(middleware look) {
  space_->everywhere([look = std::move(look)](space::local& part) {
    auto more = std::make_shared<std::vector<middleware>>(*part.middlewares);
    more->push_back(look);
    part.middlewares = std::move(more);
  });
  return *this;
}

nsp& nsp::on_connection(std::function<void(socket)> handler) {
  space_->everywhere([handler = std::move(handler)](space::local& part) { part.on_connection.push_back(handler); });
  return *this;
}

broadcast_operator nsp::all() const {
  return broadcast_operator{std::make_shared<const broadcast_operator::state>(
    broadcast_operator::state{.home = space_, .place = {}, .whom = {}, .queue = space_->core.queue})};
}

void nsp::server_side_values(const std::string& event, const std::vector<json>& args, std::function<void(const answers&)> then) const {
  check_event(event, args);
  if (then)
    enqueue(space_->core.queue, [then = std::move(then)] { then({}); });
}

} // namespace stentor
