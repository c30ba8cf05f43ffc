#include "echo_server.hpp"

#include "net/connection.hpp"
#include "net/network.hpp"

#include <boost/asio/post.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include <filesystem>
#include <stdexcept>
#include <thread>

namespace stentor {
namespace {

struct said final : broadcast {
  explicit said(std::string text) : text(std::move(text)) {}
  spoken_event say(variant_id) const override { return {text, {}}; }
  std::string text;
};

http_response plain(std::string body) {
  return {.status = 200, .body = std::move(body), .content_type = "text/plain", .headers = {}};
}

[[noreturn]] void fail() {
  throw std::runtime_error("as asked");
}

} // namespace

// -- observed -------------------------------------------------------------------

std::string observed::next_close() {
  auto lock = std::unique_lock{mutex_};
  if (!changed_.wait_for(lock, patience, [&] { return !closes_.empty(); }))
    return "no connection was closed";
  auto why = closes_.front();
  closes_.pop_front();
  return std::string{text(why)};
}

bool observed::await(const size_t& what, size_t count) {
  auto lock = std::unique_lock{mutex_};
  return changed_.wait_for(lock, patience, [&] { return what == count; });
}

// -- the application ------------------------------------------------------------

class echo_application::echo final : public connection_handler {
public:
  echo(echo_application& top, connection& client) : top_(top), client_(client) {
    top_.clients_.insert(&client);
    top_.log_.opened();
  }
  ~echo() override { top_.log_.destroyed(); }

  void on_message(std::string_view text) override {
    if (text.starts_with("all:"))
      top_.tell_all(text.substr(4));
    else if (text == "close")
      client_.close(close_reason::forced_close);
    else if (text == "end")
      client_.end(close_reason::forced_close);
    else if (text == "keep")
      client_.keep();
    else if (text == "pause")
      client_.pause_reading();
    else if (text == "blink") {
      client_.pause_reading();
      client_.resume_reading();
    } else if (text == "hold")
      top_.below_.hold();
    else if (text == "throw")
      fail();
    else if (text == "throw at the end")
      throws_ = true;
    else
      client_.send(text);
  }
  void on_binary(std::string_view bytes) override { client_.push(top_.below_.log().binary_message(bytes, client_.revision())); }
  void on_close(close_reason why) override {
    top_.clients_.erase(&client_);
    top_.log_.closed(why);
    if (throws_)
      fail();
  }

private:
  echo_application& top_;
  connection& client_;
  bool throws_ = false;
};

void echo_application::on_handshake(const http_request& request, const handshake_verdict& decide) {
  if (request.query.ends_with("&yes"))
    return decide(std::nullopt);
  if (request.query.ends_with("&no"))
    return decide("no");
  undecided_.push_back(decide);
  log_.asked();
}

std::unique_ptr<connection_handler> echo_application::on_open(connection& client) {
  if (client.handshake().query.ends_with("&throw"))
    fail();
  return std::make_unique<echo>(*this, client);
}

void echo_application::on_request(http_request request, http_reply reply) {
  if (request.path == "/later") {
    later_.push_back(std::move(reply));
    log_.asked();
  } else if (request.path == "/large")
    reply(plain(std::string(10'000'000, 'x')));
  else if (request.path == "/throw")
    fail();
  else if (request.path != "/never")
    reply(plain(fmt::format("{} {} {} <{}>", request.method, request.path, request.query, request.body)));
}

void echo_application::on_deliver(const deliver& news) {
  for (const auto& what : news.what)
    if (what->say(0).event == "throw")
      fail();
    else
      tell_all(what->say(0).event);
}

void echo_application::tell_all(std::string_view packet) {
  auto frames = below_.log().message(packet);
  for (auto* one : clients_)
    one->push(frames);
}

std::string echo_application::writable_around(std::string_view packet) {
  auto& one = **clients_.begin();
  auto word = [&] { return one.writable() ? "yes" : "no"; };
  auto before = word();
  one.send(packet);
  return fmt::format("{}, {}", before, word());
}

void echo_application::decide(const std::optional<std::string>& refusal) {
  for (const auto& one : std::vector(undecided_))
    one(refusal);
  log_.answered();
}

void echo_application::answer_later() {
  for (auto& reply : std::exchange(later_, {}))
    reply(plain("at last"));
  log_.answered();
}

void echo_application::unhold() {
  for (auto* one : clients_)
    one->send("released");
  below_.unhold();
}

void echo_application::resume() {
  for (auto* one : clients_)
    one->resume_reading();
}

// -- the server -----------------------------------------------------------------

size_t open_descriptors() {
  auto all = std::filesystem::directory_iterator{"/proc/self/fd"};
  return static_cast<size_t>(std::distance(begin(all), end(all)));
}

struct echo_server::actors {
  struct actors_config : caf::actor_system_config {
    actors_config() {
      add_message_types<caf::id_block::stentor_net>();
      set("scheduler.max-threads", 1);
    }
  };
  actors_config config;
  caf::actor_system system{config};
};

struct echo_server::floor {
  floor(echo_server& house, uint32_t index) : below(house.actors_->system, house.config_, index), top(below, house.log) {}
  network below;
  echo_application top;
  std::thread thread;
};

settings echo_server::usual() {
  settings config;
  config.server.host = "127.0.0.1";
  config.server.port = 0;
  config.server.drain_timeout_ms = 500;
  return config;
}

namespace {

settings prepared(echo_server::change prepare) {
  auto config = echo_server::usual();
  prepare(config);
  return config;
}

} // namespace

echo_server::echo_server(change prepare) : echo_server(prepared(prepare)) {
}

echo_server::echo_server(settings how) : config_(std::move(how)), actors_(std::make_unique<actors>()) {
  for (uint32_t i = 0; i < config_.network.threads; ++i)
    networks_.push_back(&floors_.emplace_back(std::make_unique<floor>(*this, i))->below);
  for (auto& one : floors_) {
    one->below.serve(one->top, networks_);
    one->thread = std::thread{[net = &one->below] { net->run(); }};
  }
  listener_ = *listen(config_);
  listener_->start();
}

echo_server::~echo_server() {
  if (!drained_)
    begin_drain().get();
  for (auto& one : floors_)
    one->below.release();
  for (auto& one : floors_)
    one->thread.join();
}

raw_client echo_server::websocket() const {
  auto made = client();
  made.open();
  return made;
}

raw_client echo_server::slow_websocket() const {
  auto made = raw_client{port(), 4096};
  made.open();
  return made;
}

std::string echo_server::echo(std::string_view text) const {
  return websocket().answer_to("4" + std::string{text});
}

boost::asio::io_context& echo_server::io() {
  return floors_.front()->below.io();
}

void echo_server::deliver_news(const std::vector<std::string>& texts) {
  deliver all{"room", {}};
  for (const auto& text : texts)
    all.what.push_back(std::make_shared<const said>(text));
  caf::anon_send(floors_.front()->below.handle(), std::move(all));
}

void echo_server::on_thread(const std::function<void(echo_application&)>& work) {
  auto& first = *floors_.front();
  auto done = std::packaged_task<void()>{[&] { work(first.top); }};
  auto result = done.get_future();
  boost::asio::post(first.below.io(), [&] { done(); });
  result.get();
}

bool echo_server::await_descriptors(size_t count) {
  auto end = std::chrono::steady_clock::now() + patience;
  while (open_descriptors() > count) {
    if (std::chrono::steady_clock::now() > end)
      return false;
    on_thread([](auto&) {});
  }
  return true;
}

std::future<void> echo_server::begin_drain() {
  drained_ = true;
  listener_->stop();
  auto asked = std::promise<void>{};
  auto was_asked = asked.get_future();
  auto done = std::async(std::launch::async, [this, asked = std::move(asked)]() mutable {
    caf::scoped_actor self{actors_->system};
    for (auto& one : floors_)
      self->send(one->below.handle(), drain{});
    asked.set_value();
    for (size_t i = 0; i < floors_.size(); ++i)
      self->receive([](const drained&) {}, caf::after(2 * patience) >> [] { throw std::runtime_error("the drain has no end"); });
  });
  was_asked.get();
  on_thread([](auto&) {}); // comes behind the question
  return done;
}

} // namespace stentor
