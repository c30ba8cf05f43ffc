#include "app/server.hpp"

#include "actors/directory_actor.hpp"
#include "actors/host.hpp"
#include "actors/node_actor.hpp"
#include "actors/persistence_actor.hpp"
#include "actors/reader_actor.hpp"
#include "actors/room_actor.hpp"
#include "engine/chat_broadcast.hpp"
#include "protocol/jwt.hpp"
#include "store/database.hpp"

#include <caf/scoped_actor.hpp>
#include <spdlog/spdlog.h>

namespace stentor {

server::actors_config::actors_config(const actors_settings& from) {
  add_message_types<caf::id_block::stentor_net>();
  add_message_types<caf::id_block::stentor>();
  set("scheduler.policy", caf::atom_from_string(from.policy));
  set("scheduler.max-throughput", from.max_throughput);
  if (from.max_threads > 0)
    set("scheduler.max-threads", from.max_threads);
}

server::server(const settings& config) : config_(config), actors_config_(config_.actors) {
}

result<std::unique_ptr<server>> server::start(const settings& config, const std::string& secret) {
  auto house = std::unique_ptr<server>{new server(config)};
  if (auto built = house->build(secret); !built)
    return built.error();
  return house;
}

result<bool> server::build(const std::string& secret) {
  using access = store::database::access;
  auto open = [&](access how) {
    return store::database::open(database_url(config_), how, std::chrono::milliseconds{config_.store.busy_timeout_ms});
  };

  // The store: one writer, a pool of readers.
  auto writer = open(access::read_write);
  if (!writer)
    return writer.error();
  if (auto version = writer->migrate(); !version)
    return version.error();
  std::vector<std::shared_ptr<store::database>> read_only;
  for (uint64_t i = 0; i < config_.actors.readers; ++i) {
    auto db = open(access::read_only);
    if (!db)
      return db.error();
    read_only.push_back(std::make_shared<store::database>(*std::move(db)));
  }

  // The network: threads that do not run yet, and their port.
  system_ = std::make_unique<caf::actor_system>(actors_config_);
  std::vector<network*> networks;
  auto parts = house{};
  for (uint32_t i = 0; i < config_.network.threads; ++i) {
    auto& floor = floors_.emplace_back();
    floor.net = std::make_unique<network>(*system_, config_, i);
    networks.push_back(floor.net.get());
    parts.networks.push_back(floor.net->handle());
  }

  // The actors: who writes, who reads, who finds rooms, who ends them all.
  parts.persistence = spawn<persistence_host, caf::detached>(*system_, std::make_shared<store::database>(*std::move(writer)));
  for (auto& db : read_only)
    parts.readers.push_back(spawn<reader_host, caf::detached>(*system_, db));
  auto readers = reader_pool{parts.readers};
  auto policy = room_policy{.room = {.message_bytes_max = config_.limits.message_bytes_max,
                                     .tail_operations_max = config_.limits.tail_operations,
                                     .tail_bytes_max = config_.limits.tail_bytes},
                            .pending_max = config_.limits.room_pending_max,
                            .missed_max = config_.limits.missed_max,
                            .typing_timeout = std::chrono::milliseconds{config_.limits.typing_timeout_ms}};
  auto announce =
    announcer{.event = [](const room_label& where, const event_ptr& what) { return std::make_shared<const chat_broadcast>(where, what); },
              .hint = [](const room_label& where, const hint_ptr& what) { return std::make_shared<const hint_broadcast>(where, what); }};
  auto start_room = [persistence = parts.persistence, readers, announce, policy](caf::local_actor& parent, store::room_image_ptr image) {
    return spawn<room_host>(parent.home_system(), std::move(image), persistence, readers, announce, policy);
  };
  parts.directory = spawn<directory_host>(*system_, readers, room_starter{start_room});
  auto actors = chat_actors{parts.directory, parts.persistence, readers};
  node_ = spawn<node_host>(*system_, std::move(parts));

  auto believed =
    jwt::policy{.secret = secret, .issuer = {}, .audience = config_.auth.audience, .leeway = std::chrono::seconds{config_.auth.leeway_s}};
  auto verify = [believed](std::string_view token) { return jwt::verify(token, believed, wall_now()); };

  // What stands on each thread; then let them run, and let clients in.
  for (auto& floor : floors_) {
    floor.engine = std::make_unique<chat_engine>(*floor.net, actors, verify);
    floor.rest = std::make_unique<api::service>(*floor.net, actors, floor.engine->auth());
    floor.engine->serve_http(
      [rest = floor.rest.get()](http_request request, http_reply reply) { rest->handle(std::move(request), std::move(reply)); });
    floor.net->serve(*floor.engine, networks);
  }
  for (auto& floor : floors_)
    floor.thread = std::thread{[net = floor.net.get()] { net->run(); }};
  auto door = listener::open(config_, std::move(networks));
  if (!door)
    return door.error();
  listener_ = *std::move(door);
  listener_->start();
  return true;
}

void server::stop() {
  if (!node_)
    return;
  if (listener_)
    listener_->stop();
  caf::scoped_actor self{*system_};
  self->request(std::exchange(node_, nullptr), caf::infinite, drain{})
    .receive([](const drained&) {}, [](const caf::error&) { spdlog::error("the drain has failed; stopping all the same"); });
  for (auto& floor : floors_)
    floor.net->release();
  for (auto& floor : floors_)
    if (floor.thread.joinable())
      floor.thread.join();
}

server::~server() {
  stop();
}

} // namespace stentor
