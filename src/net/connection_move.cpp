// A connection goes on on another network thread, where its client has something that it comes back to.

#include "net/connection.hpp"
#include "net/connection_upgrade.hpp"
#include "net/network.hpp"

#include <boost/asio/post.hpp>
#include <caf/send.hpp>

namespace stentor {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

/// What moves.
struct connection::parcel {
  std::shared_ptr<const http_request> handshake;
  std::string sid;
  std::string message; ///< comes first
  engineio::binary_form form;
  std::optional<websocket_link::released> link, candidate;
  engineio::binary_form candidate_takes;
  bool candidate_probed = false;
  http_reply poll, post;
  std::unique_ptr<posted> rest_of_post;
  std::string unsent;
  bool compressible = false;
  engineio::binary_form takes;
  steady_time connect_by;
  bool awaits_pong = false;
  bool kept = false;
};

namespace {

/// The reply stays on its thread; whoever has this one may be on any other.
http_reply from_elsewhere(network& home, http_reply reply) {
  if (!reply)
    return nullptr;
  auto drop_at_home = [&home](http_reply* it) { boost::asio::post(home.io(), [it] { delete it; }); };
  auto kept = std::shared_ptr<http_reply>(new http_reply(std::move(reply)), drop_at_home);
  return [&home, kept](http_response answer) {
    boost::asio::post(home.io(), [kept, answer = std::move(answer)]() mutable { (*kept)(std::move(answer)); });
  };
}

} // namespace

/// Through the loop: what asks for it is in the middle of a packet.
void connection::move_to(network& there, std::string message, engineio::binary_form form) {
  pause_reading();
  auto what = std::make_shared<parcel>();
  what->message = std::move(message);
  what->form = form;
  boost::asio::post(owner_.io(), [this, alive = caf::strong_actor_ptr{ctrl()}, &there, what] {
    if (state_ == state::open)
      depart(there, what);
  });
}

void connection::depart(network& there, std::shared_ptr<parcel> what) {
  what->handshake = handshake_;
  what->sid = sid_;
  if (link_)
    what->link = std::exchange(link_, nullptr)->release();
  if (upgrade_) {
    what->candidate = std::exchange(upgrade_->link, nullptr)->release();
    what->candidate_takes = upgrade_->takes;
    what->candidate_probed = upgrade_->probed;
    upgrade_.reset();
  }
  what->poll = from_elsewhere(owner_, std::exchange(poll_, nullptr));
  what->post = from_elsewhere(owner_, std::exchange(post_, nullptr));
  what->rest_of_post = std::move(posted_);
  what->unsent = outbox_.unsent(owner_.log());
  outbox_.sent(what->unsent.size(), owner_.log());
  what->compressible = compressible_;
  what->takes = takes_;
  what->connect_by = connect_by_;
  what->awaits_pong = awaits_pong_;
  what->kept = kept_;

  state_ = state::ended;
  owner_.timers().cancel(*this);
  owner_.leave(*this);
  owner_.set_moved(sid_, there);
  caf::anon_send_exit(ctrl(), caf::exit_reason::user_shutdown);
  boost::asio::post(there.io(), [&there, what] { arrive(there, *what); });
}

void connection::arrive(network& here, parcel& what) {
  auto& it = make_connection(here, std::move(what.handshake), std::move(what.sid));
  auto alive = caf::strong_actor_ptr{it.ctrl()};
  if (what.link)
    it.link_ = std::make_shared<websocket_link>(here, *std::move(what.link), static_cast<websocket_link::owner&>(it));
  if (what.candidate) {
    auto candidate = std::make_shared<websocket_link>(here, *std::move(what.candidate), static_cast<websocket_link::owner&>(it));
    it.upgrade_ = std::make_unique<upgrade>(it, std::move(candidate), what.candidate_takes);
    it.upgrade_->probed = what.candidate_probed;
    here.timers().set(*it.upgrade_, steady_clock::now() + milliseconds{here.config().socketio.upgrade_timeout_ms});
  }
  it.poll_ = std::move(what.poll);
  it.post_ = std::move(what.post);
  it.posted_ = std::move(what.rest_of_post);
  it.outbox_.restore(std::move(what.unsent));
  it.compressible_ = what.compressible;
  it.takes_ = what.takes;
  it.connect_by_ = what.connect_by;
  it.awaits_pong_ = what.awaits_pong;
  it.kept_ = what.kept;
  try {
    it.handler_ = here.top().on_open(it);
    it.expect_ping(steady_clock::now());
    if (here.draining())
      return it.close(close_reason::shutting_down);
    if (what.form == engineio::binary_form::bytes)
      it.handler_->on_binary(what.message);
    else
      it.handler_->on_message(what.message);
  } catch (...) {
    return it.fail();
  }
  it.pauses_ += 1;
  it.resume_reading();
  if (!it.outbox_.empty())
    it.mark_dirty();
}

} // namespace stentor
