#include "net/network.hpp"

#include "base/metrics.hpp"
#include "net/connection.hpp"
#include "net/failures.hpp"
#include "net/http_session.hpp"
#include "net/network_host.hpp"

#include <cassert>

namespace stentor {

constexpr size_t input_bytes = size_t{64} * 1024;
/// A flush yields to reading after that many sends, …
constexpr size_t sends_per_turn = 256;
/// … unless the log has grown beyond this.
constexpr size_t log_bytes_max = size_t{32} * 1024 * 1024;
constexpr size_t turns_before_flush = 512;
/// One for each network thread; network.threads is at most 64.
constexpr std::string_view sid_letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";

namespace {

using metrics::metric;

const auto flush_sends = metrics::series{metric::flush_sends};
const auto refused_while_draining = metrics::series{metric::connections_refused, {"draining"}};
const auto refused_as_session = metrics::series{metric::connections_refused, {"http_sessions"}};
const auto http_sessions = metrics::series{metric::http_sessions};

} // namespace

/// Ends a drain whose peers do not close, or whose answers do not come.
struct network::drain_deadline : timer_wheel::client {
  explicit drain_deadline(network& n) : owner(n) {}
  void on_deadline(steady_time) override { owner.finish_drain(); }
  network& owner;
};

network::network(caf::actor_system& system, const settings& config, uint32_t index)
  : system_(system), config_(config), index_(index), guard_(io_.get_executor()), input_(input_bytes),
    timers_(std::chrono::steady_clock::now()) {
  auto host = system.spawn<network_host>(std::ref(io_), std::ref(*this));
  actor_ = caf::actor_cast<caf::strong_actor_ptr>(host);
  self_ = static_cast<network_host*>(actor_->get());
}

network::~network() = default;

network_actor network::handle() const {
  return caf::actor_cast<network_actor>(actor_);
}

void network::release() {
  caf::anon_send_exit(actor_, caf::exit_reason::user_shutdown);
  boost::asio::post(io_, [this] {
    actor_ = nullptr;
    guard_.reset();
  });
}

bool network::must_flush(steady_time now) const {
  return !dirty_.empty() && (holds_ == 0 || flushed_ > 0 || now >= flush_at_);
}

/// What throws has had its turn; what was ready with it comes in the next one.
void network::run() {
  do {
    try {
      turn();
    } catch (...) {
      report_exception("a network thread");
    }
  } while (!io_.stopped());
}

void network::turn() {
  if (must_flush(now_))
    io_.poll_one();
  else
    io_.run_one_until(dirty_.empty() ? timers_.next() : std::min(timers_.next(), flush_at_));
  for (size_t turns = 0; turns < turns_before_flush && io_.poll_one() > 0; ++turns)
    ;
  now_ = std::chrono::steady_clock::now();
  timers_.advance(now_);
  if (draining_ && !closing_ && holds_ == 0)
    close_when_answered();
  if (must_flush(now_))
    flush();
}

void network::mark_dirty(connection& who) {
  if (dirty_.empty())
    flush_at_ = std::chrono::steady_clock::now() + std::chrono::microseconds{config_.network.flush_wait_us};
  who.set_dirty_at(dirty_.size());
  dirty_.push_back(&who);
}

void network::unhold() {
  assert(holds_ > 0);
  --holds_;
}

void network::flush() {
  auto sends = size_t{0};
  while (flushed_ < dirty_.size()) {
    if (++sends > sends_per_turn && log_.size_bytes() < log_bytes_max)
      return;
    if (auto* who = std::exchange(dirty_[flushed_++], nullptr))
      try {
        who->flush();
      } catch (...) {
        who->fail();
      }
  }
  flush_sends.observe(dirty_.size());
  dirty_.clear();
  flushed_ = 0;
  log_.clear();
}

void network::adopt(boost::asio::ip::tcp::socket::native_handle_type handle) {
  boost::asio::post(io_, [this, handle] {
    auto socket = boost::asio::ip::tcp::socket{io_};
    auto error = boost::system::error_code{};
    socket.assign(boost::asio::ip::tcp::v4(), handle, error);
    if (error) {
      ::close(handle);
      return;
    }
    if (draining_)
      refused_while_draining.add();
    else if (sum(&network::session_count_) >= config_.network.http_sessions_max)
      refused_as_session.add();
    else
      std::make_shared<http_session>(*this, std::move(socket))->start();
  });
}

size_t network::sum(std::atomic<size_t> network::*count) const {
  size_t all = 0;
  for (const auto* each : all_)
    all += (each->*count).load(std::memory_order_relaxed);
  return all;
}

char network::sid_letter(uint32_t index) {
  return sid_letters[index];
}

network* network::owner_of(std::string_view sid) {
  auto index = sid.empty() ? sid_letters.npos : sid_letters.find(sid[0]);
  return index < all_.size() ? all_[index] : nullptr;
}

network& network::home_of(const std::string& sid) {
  auto moved = moved_.find(sid);
  return moved == moved_.end() ? *this : *moved->second;
}

connection* network::find(std::string_view sid) {
  auto found = sessions_by_sid_.find(sid);
  return found == sessions_by_sid_.end() ? nullptr : found->second;
}

connection* network::find(const connection_id& id) {
  assert(id.thread == index_);
  return id.slot < slots_.size() && slots_[id.slot].generation == id.generation ? slots_[id.slot].tenant : nullptr;
}

connection_id network::enter(connection& who) {
  if (free_slots_.empty()) {
    free_slots_.push_back(static_cast<uint32_t>(slots_.size()));
    slots_.emplace_back();
  }
  auto at = free_slots_.back();
  free_slots_.pop_back();
  slots_[at].tenant = &who;
  slots_[at].alive = caf::strong_actor_ptr{who.ctrl()};
  sessions_by_sid_.emplace(who.sid(), &who);
  ++connections_;
  return {index_, at, slots_[at].generation};
}

void network::leave(connection& who) {
  if (who.dirty_at())
    dirty_[*who.dirty_at()] = nullptr;
  auto& place = slots_[who.id().slot];
  place = {nullptr, place.generation + 1, nullptr};
  sessions_by_sid_.erase(who.sid());
  if (auto* named = owner_of(who.sid()); named && named != this)
    boost::asio::post(named->io(), [named, sid = who.sid()] { named->moved_.erase(sid); });
  free_slots_.push_back(who.id().slot);
  --connections_;
  if (closing_ && connections_ == 0 && sessions_.empty())
    finish_drain();
}

void network::enter(http_session& who) {
  sessions_.insert(&who);
  ++session_count_;
  http_sessions.add();
}

void network::leave(http_session& who) {
  sessions_.erase(&who);
  --session_count_;
  http_sessions.add(-1);
  if (closing_ && connections_ == 0 && sessions_.empty())
    finish_drain();
}

void network::drain(std::function<void()> done) {
  if (closing_ && connections_ == 0 && sessions_.empty())
    return done();
  drained_.push_back(std::move(done));
  if (std::exchange(draining_, true))
    return;
  drain_deadline_ = std::make_unique<drain_deadline>(*this);
  timers_.set(*drain_deadline_, std::chrono::steady_clock::now() + std::chrono::milliseconds{config_.server.drain_timeout_ms});
}

void network::close_when_answered() {
  closing_ = true;
  for (auto* session : std::vector(sessions_.begin(), sessions_.end()))
    session->close_when_idle();
  for (size_t i = 0; i < slots_.size(); ++i)
    if (auto* who = slots_[i].tenant)
      who->close(close_reason::shutting_down);
  if (connections_ == 0 && sessions_.empty())
    finish_drain();
}

/// Ends what is still there and reports.
void network::finish_drain() {
  if (drained_.empty())
    return;
  auto done = std::exchange(drained_, {});
  closing_ = true;
  for (auto* session : std::vector(sessions_.begin(), sessions_.end()))
    session->end();
  for (size_t i = 0; i < slots_.size(); ++i)
    if (auto* who = slots_[i].tenant)
      who->end(close_reason::shutting_down);
  for (const auto& tell : done)
    tell();
}

} // namespace stentor
