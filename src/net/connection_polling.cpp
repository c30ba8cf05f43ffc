// A connection whose client polls, and its upgrade to a WebSocket.

#include "base/log.hpp"
#include "net/connection.hpp"
#include "net/connection_metrics.hpp"
#include "net/connection_upgrade.hpp"
#include "net/http_answer.hpp"
#include "net/jsonp.hpp"
#include "net/network.hpp"
#include "protocol/engineio3_payload.hpp"

namespace stentor {

using boost::asio::ip::tcp;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

bool is_of_bytes(const http_request& post) {
  return post.headers.get("content-type").starts_with("application/octet-stream");
}

} // namespace

void connection::take_post(const http_request& request, const http_reply& reply) {
  auto has_bytes = is_of_bytes(request);
  if (post_ || (has_bytes && revision_ == engineio::revision::v4)) {
    reply(empty_answer(400));
    return end(close_reason::transport_error);
  }
  heard();
  post_ = reply;
  posted_ = std::make_unique<posted>(posted{.body = jsonp_index().empty() ? request.body : jsonp_payload(request.body), .packets = {}});
  auto split = revision_ == engineio::revision::v4 ? engineio::split_payload
               : has_bytes                         ? engineio::split_payload3_bytes
                                                   : engineio::split_payload3;
  if (auto packets = split(posted_->body)) {
    posted_->packets = *std::move(packets);
    take_packets();
  } else
    close(close_reason::parse_error);
  if (state_ != state::open)
    answer_post();
}

/// Until the handler pauses: then the rest, and the answer, wait for `resume_reading`.
void connection::take_packets() {
  auto mine = std::move(posted_);
  try {
    for (auto& taken = mine->taken; state_ == state::open && !paused() && taken < mine->packets.size();) {
      const auto& packet = mine->packets[taken++];
      if (packet.is_binary)
        handler_->on_binary(packet.binary);
      else
        on_packet(packet.text);
    }
  } catch (...) {
    return fail();
  }
  if (state_ == state::open && paused())
    posted_ = std::move(mine);
  else
    answer_post();
}

/// Through the loop: whoever resumes may be in the middle of a packet. A client that was not read has not been silent.
void connection::resume_reading() {
  if (--pauses_ > 0)
    return;
  heard();
  if (posted_)
    boost::asio::post(owner_.io(), [this, alive = caf::strong_actor_ptr{ctrl()}] {
      if (posted_)
        take_packets();
    });
  if (link_)
    link_->read();
  if (upgrade_)
    upgrade_->link->read();
}

void connection::answer_post() {
  posted_.reset();
  if (auto reply = std::exchange(post_, nullptr))
    reply({.status = 200, .body = "ok", .content_type = "text/html", .headers = {{"cache-control", "no-store"}}});
}

void connection::poll(http_reply reply) {
  if (poll_) {
    answer_poll("1");
    reply(empty_answer(400));
    return end(close_reason::transport_error);
  }
  poll_ = std::move(reply);
  if (!outbox_.empty())
    mark_dirty();
  else if (upgrade_ && upgrade_->probed)
    answer_poll("6");
}

void connection::abort_poll() {
  if (std::exchange(poll_, nullptr))
    end(close_reason::transport_close);
}

void connection::answer_poll(std::string_view packet) {
  answer_poll_with_frames(websocket::header(websocket::opcode::text, packet.size()).append(packet));
}

void connection::answer_poll_with_frames(std::string_view frames) {
  auto reply = std::exchange(poll_, nullptr);
  if (!reply)
    return;
  auto payload = revision_ == engineio::revision::v4 ? engineio::payload3{.body = engineio::payload_of_frames(frames)}
                                                     : engineio::payload3_of_frames(frames, takes_);
  if (auto index = jsonp_index(); !index.empty())
    payload.body = jsonp_script(index, payload.body);
  reply({.status = 200,
         .body = std::move(payload.body),
         .content_type = payload.form == engineio::binary_form::bytes ? "application/octet-stream" : "text/plain; charset=UTF-8",
         .headers = {{"cache-control", "no-store"}},
         .compressible = std::exchange(compressible_, false)});
}

void connection::probe(tcp::socket socket, std::string early, engineio::binary_form takes) {
  auto candidate = link_over(std::move(socket));
  if (link_ || upgrade_ || state_ != state::open)
    return candidate->end();
  upgrade_ = std::make_unique<upgrade>(*this, candidate, takes);
  owner_.timers().set(*upgrade_, steady_clock::now() + milliseconds{owner_.config().socketio.upgrade_timeout_ms});
  candidate->start(std::move(early));
}

/// `2probe` is answered; a poll that waits is let go at once, so that the client can pause and say `5`.
void connection::on_probe(std::string_view payload) {
  if (payload == "5" && upgrade_->probed)
    return state_ == state::open ? switch_to_websocket() : say_goodbye_over_websocket();
  if (payload != "2probe")
    return upgrade_.reset();
  upgrade_->probed = true;
  upgrade_->link->write(websocket::header(websocket::opcode::text, 6) + "3probe");
  if (outbox_.empty())
    answer_poll("6");
}

void connection::switch_to_websocket() {
  answer_poll("6");
  link_ = std::move(upgrade_->link);
  takes_ = upgrade_->takes;
  count_upgraded();
  log::logger().debug("connection {} upgraded to websocket", name_of(id_));
  upgrade_.reset();
  if (!outbox_.empty())
    mark_dirty();
}

/// The client, who does not poll any more, has not heard that the connection closes.
void connection::say_goodbye_over_websocket() {
  switch_to_websocket();
  link_->write(websocket::close_frame(websocket::close_code::none));
  end(close_reason::transport_close);
}

void connection::flush_polling() {
  auto bytes = outbox_.unsent(owner_.log());
  auto size = poll_ ? bytes.size() : 0;
  if (size > 0)
    answer_poll_with_frames(bytes);
  if (!outbox_.sent(size, owner_.log()))
    drop();
  else if (size > 0 && outbox_.sealed())
    end(close_reason::transport_close);
}

} // namespace stentor
