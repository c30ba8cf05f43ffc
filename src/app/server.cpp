#include "app/server.hpp"

#include "actors/accounts_actor.hpp"
#include "actors/directory_actor.hpp"
#include "actors/hasher_actor.hpp"
#include "actors/host.hpp"
#include "actors/node_actor.hpp"
#include "actors/persistence_actor.hpp"
#include "actors/presence_actor.hpp"
#include "actors/reader_actor.hpp"
#include "actors/registry_actor.hpp"
#include "actors/room_actor.hpp"
#include "actors/session_actor.hpp"
#include "app/tokens.hpp"
#include "base/log.hpp"
#include "engine/chat_broadcast.hpp"
#include "store/database.hpp"

#include <caf/scoped_actor.hpp>

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
    return store::database::open(database_url(config_), how, std::chrono::milliseconds{config_.store.busy_timeout_ms}, hurry_.get_token());
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
  parts.persistence = spawn<persistence_host, caf::detached>(*system_, std::make_shared<store::database>(*std::move(writer)),
                                                             size_t{config_.limits.writes_pending_max});
  for (auto& db : read_only)
    parts.readers.push_back(spawn<reader_host, caf::detached>(*system_, db));
  auto readers = reader_pool{parts.readers};
  auto policy = room_policy{.room = {.message_bytes_max = config_.limits.message_bytes_max,
                                     .tail_operations_max = config_.limits.tail_operations,
                                     .tail_bytes_max = config_.limits.tail_bytes},
                            .pending_max = config_.limits.room_pending_max,
                            .missed_max = config_.limits.missed_max,
                            // the answer to a join comes twice: as an event and as its acknowledgement
                            .missed_bytes_max = config_.network.outbox_bytes_max / 8,
                            .idle_time = std::chrono::milliseconds{config_.actors.room_idle_ms},
                            .typing_timeout = std::chrono::milliseconds{config_.limits.typing_timeout_ms}};
  auto announce =
    announcer{.event = [](const room_label& where, const event_ptr& what) { return std::make_shared<const chat_broadcast>(where, what); },
              .hint = [](const room_label& where, const hint_ptr& what) { return std::make_shared<const hint_broadcast>(where, what); }};
  auto start_room = [persistence = parts.persistence, readers, announce, policy](caf::local_actor& parent, store::room_image_ptr image) {
    return spawn<room_host>(parent.home_system(), std::move(image), persistence, readers, announce, policy);
  };
  parts.directory = spawn<directory_host>(*system_, readers, room_starter{start_room});
  spawn_people(parts, readers);
  auto actors = chat_actors{parts.directory, parts.persistence, readers, parts.registry, parts.presence, parts.accounts};
  auto end =
    drain_policy{.timeout = std::chrono::milliseconds{config_.server.drain_timeout_ms}, .hurry = [this] { hurry_.request_stop(); }};
  node_ = spawn<node_host>(*system_, std::move(parts), std::move(end));

  auto tokens = jwt_rules(config_.auth, secret);

  // What stands on each thread; then let them run, and let clients in.
  for (auto& floor : floors_) {
    floor.engine = std::make_unique<chat_engine>(*floor.net, actors, tokens);
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

/// Who is online, who may log in.
void server::spawn_people(house& parts, const reader_pool& readers) {
  auto now = steady_clock_fn{std::chrono::steady_clock::now};
  auto limits = rate_limits::of(config_.limits.rate);
  auto networks = std::make_shared<const std::vector<network_actor>>(parts.networks);
  auto announce = [](const status_change& what) -> broadcast_ptr {
    return std::make_shared<const notice_broadcast>(dialect::status_changed({what.who, what.is_online}));
  };
  auto policy = presence_policy{.grace = std::chrono::milliseconds{config_.presence.grace_ms},
                                .tick = std::chrono::milliseconds{config_.presence.tick_ms},
                                .room_members_max = config_.presence.room_limit};
  parts.presence = spawn<presence_host>(*system_, readers, network_list{networks}, status_announcer{announce}, policy, now);
  auto start_session = [networks, presence = parts.presence](caf::local_actor& parent, user_id who) {
    return spawn<session_host>(parent.home_system(), who, network_list{networks}, presence);
  };
  parts.registry = spawn<registry_host>(*system_, session_starter{start_session}, limits, now);
  for (uint64_t i = 0; i < config_.auth.hash_threads; ++i)
    parts.hashers.push_back(spawn<hasher_host, caf::detached>(*system_));
  auto accounts = accounts_policy{.limits = limits, .queue_max = config_.auth.hash_queue_max, .registration = config_.auth.registration};
  parts.accounts = spawn<accounts_host>(*system_, readers, parts.persistence, parts.hashers, accounts, now);
}

void server::stop() {
  if (!node_)
    return;
  if (listener_)
    listener_->stop();
  caf::scoped_actor self{*system_};
  self->request(std::exchange(node_, nullptr), caf::infinite, drain{})
    .receive([](const drained&) {}, [](const caf::error&) { log::logger().error("the drain has failed; stopping all the same"); });
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
