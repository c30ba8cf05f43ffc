#include "base/settings.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

namespace stentor {
namespace {

/// Makes of member pointers, from the outermost to the key's own, a function that a table can hold.
template <auto... Members>
auto& at(settings& all) {
  return (all.*....*Members);
}

using s = settings;
constexpr uint64_t mebi = 1048576;

bool not_empty(const std::string& text) {
  return !text.empty();
}

bool a_database_url(const std::string& text) {
  constexpr std::string_view sqlite = "sqlite:///";
  return text.empty() || (text.starts_with(sqlite) && text.size() > sqlite.size());
}

bool a_path(const std::string& text) {
  return text.size() > 1 && text.front() == '/' && text.back() == '/' && text.find_first_of("?#% ") == std::string::npos;
}

bool an_origin(const std::string& text) {
  for (std::string_view scheme : {"http://", "https://"})
    if (text.starts_with(scheme))
      return text.size() > scheme.size() && text.find_first_of("/ *?#@", scheme.size()) == std::string::npos;
  return false;
}

/// Web views have schemes of their own: capacitor://localhost
bool an_origin_or_all(const std::string& text) {
  auto scheme = text.find("://");
  return text == "*" ||
         (scheme != text.npos && scheme > 0 && scheme + 3 < text.size() && text.find_first_of("/ *?#@,", scheme + 3) == std::string::npos);
}

/// RFC 9110, 5.6.2.
bool a_token(const std::string& text) {
  constexpr std::string_view others = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::ranges::all_of(text, [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || others.find(c) != others.npos;
  });
}

bool a_token_or_nothing(const std::string& text) {
  return text.empty() || a_token(text);
}

bool a_network(const std::string& text) {
  auto slash = text.find('/');
  auto bytes = in6_addr{};
  auto bits = inet_pton(AF_INET, text.substr(0, slash).c_str(), &bytes) == 1    ? 32u
              : inet_pton(AF_INET6, text.substr(0, slash).c_str(), &bytes) == 1 ? 128u
                                                                                : 0u;
  if (bits == 0 || slash == text.npos)
    return bits > 0;
  auto prefix = 0u;
  auto [end, error] = std::from_chars(text.data() + slash + 1, text.data() + text.size(), prefix);
  return error == std::errc{} && end == text.data() + text.size() && prefix <= bits;
}

constexpr setting_rule range(uint64_t least, uint64_t most) {
  return {.least = least, .most = most};
}

constexpr setting_rule one_of(std::string_view choices) {
  return {.choices = choices};
}

constexpr setting_rule such(std::string_view words, bool (*valid)(const std::string&)) {
  return {.words = words, .valid = valid};
}

constexpr setting_rule hidden(setting_rule rule) {
  rule.secret = true;
  return rule;
}

bool a_name(const std::string& text) {
  return !text.empty() && text.find_first_of(" ,\t") == std::string::npos;
}

constexpr setting_rule any = {};
constexpr auto names_rule = such("names without spaces and commas", a_name);
constexpr auto rate_rule = range(1, 1000000000);
constexpr auto database_url_rule =
  such("sqlite:///absolute/path.db (SQLite; this version does not support PostgreSQL), or nothing", a_database_url);
constexpr auto network_rule = such("addresses or networks like 127.0.0.1, 10.0.0.0/8 and ::1", a_network);
constexpr auto origin_rule = such("origins like https://chat.example, without a path", an_origin);

// To add a key: a member with its default in settings.hpp, a row here, its lines in config/stentor.toml.
constexpr setting_key keys[] = {
  {"server.host", at<&s::server, &server_settings::host>, such("an address", not_empty),
   "Address to listen on; 127.0.0.1 behind a reverse proxy on the same machine. Environment: HOST"},
  {"server.port", at<&s::server, &server_settings::port>, range(0, 65535),
   "TCP port for HTTP and WebSocket; with 0 the system chooses one, which the 'ready' line names. Environment: PORT"},
  {"server.mode", at<&s::server, &server_settings::mode>, one_of("development|production"),
   "Production refuses to start with a missing or weak auth.secret"},
  {"server.data_dir", at<&s::server, &server_settings::data_dir>, such("a path", not_empty),
   "Directory of the database and of the generated secret, relative to the working directory"},
  {"server.drain_timeout_ms", at<&s::server, &server_settings::drain_timeout_ms>, range(0, 600000),
   "Milliseconds after SIGTERM to finish what is in flight, before connections are cut"},
  {"server.trusted_proxies", at<&s::server, &server_settings::trusted_proxies>, network_rule,
   "Reverse proxies whose X-Forwarded-For is believed, so that rates are those of clients and not of the proxy"},

  {"network.threads", at<&s::network, &network_settings::threads>, range(1, 64), "Threads that serve sockets"},
  {"network.flush_wait_us", at<&s::network, &network_settings::flush_wait_us>, range(0, 100000),
   "Microseconds for which frames may wait for messages that are being stored, so that they leave together"},
  {"network.header_timeout_ms", at<&s::network, &network_settings::header_timeout_ms>, range(100, 600000),
   "Milliseconds in which a client must have sent the whole header of a request"},
  {"network.close_timeout_ms", at<&s::network, &network_settings::close_timeout_ms>, range(100, 600000),
   "Milliseconds from a WebSocket close frame until the socket is closed, whatever the client does"},
  {"network.connections_max", at<&s::network, &network_settings::connections_max>, range(1, 1000000),
   "Clients connected at the same time, over all threads, each of which needs a file descriptor; more are refused"},
  {"network.http_sessions_max", at<&s::network, &network_settings::http_sessions_max>, range(16, 1000000),
   "TCP connections that speak HTTP at the same time, over all threads; of a client that polls up to two; more are hung up on"},
  {"network.outbox_bytes_max", at<&s::network, &network_settings::outbox_bytes_max>, range(65536, 1024 * mebi),
   "Bytes that may wait for one slow client before it is disconnected"},
  {"network.socket_buffer_bytes", at<&s::network, &network_settings::socket_buffer_bytes>, range(4096, 64 * mebi),
   "Bytes of the kernel's send buffer and of its receive buffer for each socket"},
  {"network.backlog", at<&s::network, &network_settings::backlog>, range(1, 65535), "Connections that may wait to be accepted"},

  {"socketio.ping_interval_ms", at<&s::socketio, &socketio_settings::ping_interval_ms>, range(100, 3600000),
   "Milliseconds between two pings to a client"},
  {"socketio.ping_timeout_ms", at<&s::socketio, &socketio_settings::ping_timeout_ms>, range(100, 3600000),
   "Milliseconds in which a client must answer a ping"},
  {"socketio.connect_timeout_ms", at<&s::socketio, &socketio_settings::connect_timeout_ms>, range(100, 3600000),
   "Milliseconds in which a new connection must enter a namespace"},
  {"socketio.upgrade_timeout_ms", at<&s::socketio, &socketio_settings::upgrade_timeout_ms>, range(100, 3600000),
   "Milliseconds in which a WebSocket must have taken the place of long-polling"},
  {"socketio.attachments_timeout_ms", at<&s::socketio, &socketio_settings::attachments_timeout_ms>, range(100, 3600000),
   "Milliseconds in which the next attachment of a binary packet must come; else its connection is closed"},
  {"socketio.max_payload_bytes", at<&s::socketio, &socketio_settings::max_payload_bytes>, range(1024, 128 * mebi),
   "Bytes of the largest packet from a client, with all its attachments; a larger one ends its connection"},
  {"socketio.path", at<&s::socketio, &socketio_settings::path>, such("a path that begins and ends with a slash", a_path),
   "Where clients connect; what is below it is not the API's"},
  {"socketio.transports", at<&s::socketio, &socketio_settings::transports>, one_of("polling|websocket"), "What clients may connect over"},
  {"socketio.allow_upgrades", at<&s::socketio, &socketio_settings::allow_upgrades>, any,
   "Whether a WebSocket may take the place of a client's long-polling"},
  {"socketio.allow_eio3", at<&s::socketio, &socketio_settings::allow_eio3>, any,
   "Whether clients of Socket.IO 2, which speak revision 3 of Engine.IO, may connect"},
  {"socketio.cookie", at<&s::socketio, &socketio_settings::cookie>, such("the name of a cookie, or nothing", a_token_or_nothing),
   "Cookie in which a client that polls is told its session's id, for load balancers that keep a client at one server; empty: none"},
  {"socketio.serve_client", at<&s::socketio, &socketio_settings::serve_client>, any,
   "Whether the official client is served below that path, as socket.io.js and so on"},
  {"socketio.compress_polls", at<&s::socketio, &socketio_settings::compress_polls>, any,
   "Whether answers of long-polling of 1024 bytes or more are compressed for clients that accept gzip or deflate"},

  {"recovery.max_disconnection_ms", at<&s::recovery, &recovery_settings::max_disconnection_ms>, range(0, 3600000),
   "Milliseconds for which a client that has lost its connection may come back to its rooms and to what it has missed; 0: not at all"},
  {"recovery.log_bytes_max", at<&s::recovery, &recovery_settings::log_bytes_max>, range(65536, 64 * 1024 * mebi),
   "Bytes of events that each network thread keeps for those who come back; who has missed more, or more than half of "
   "network.outbox_bytes_max, begins anew"},
  {"recovery.lost_sockets_max", at<&s::recovery, &recovery_settings::lost_sockets_max>, range(1, 1000000),
   "Clients that may be waited for at the same time, for each network thread"},

  {"actors.policy", at<&s::actors, &actors_settings::policy>, one_of("sharing|stealing"),
   "How the actor workers find work; stealing polls, and takes processor time from network.threads"},
  {"actors.max_threads", at<&s::actors, &actors_settings::max_threads>, range(0, 256), "Actor workers; 0 is one per core"},
  {"actors.max_throughput", at<&s::actors, &actors_settings::max_throughput>, range(1, 1000000),
   "Messages that an actor handles before it is another one's turn"},
  {"actors.readers", at<&s::actors, &actors_settings::readers>, range(1, 64), "Threads that read from the database"},
  {"actors.room_idle_ms", at<&s::actors, &actors_settings::room_idle_ms>, range(100, 86400000),
   "Milliseconds for which nobody must have heard a room or asked it anything before it leaves memory"},

  {"store.url", at<&s::store, &store_settings::url>, hidden(database_url_rule),
   "The database; empty is stentor.db in server.data_dir. Environment: DATABASE_URL"},
  {"store.busy_timeout_ms", at<&s::store, &store_settings::busy_timeout_ms>, range(0, 60000),
   "Milliseconds to wait while another program has locked the database, before a message is refused"},

  {"auth.secret", at<&s::auth, &auth_settings::secret>, hidden(any),
   "Key that signs tokens (HS256), 32 bytes or more; empty in development: a random one is kept beside the database. Environment: "
   "JWT_SECRET"},
  {"auth.issuer", at<&s::auth, &auth_settings::issuer>, any, "Issuer of our own tokens, whose subjects are our user ids"},
  {"auth.audience", at<&s::auth, &auth_settings::audience>, any, "Audience that a token must name; empty: any"},
  {"auth.leeway_s", at<&s::auth, &auth_settings::leeway_s>, range(0, 300),
   "Seconds by which the clock of a token's issuer may differ from ours"},
  {"auth.token_ttl_s", at<&s::auth, &auth_settings::token_ttl_s>, range(1, 31536000), "Seconds for which a token that we issue is valid"},
  {"auth.required", at<&s::auth, &auth_settings::required>, any, "Whether sockets without a token are refused"},
  {"auth.auto_provision", at<&s::auth, &auth_settings::auto_provision>, any,
   "Whether a valid token of an unknown subject creates its user, so that another service can be the identity provider"},
  {"auth.user_claims", at<&s::auth, &auth_settings::user_claims>, names_rule,
   "Claims that may name the user of a token, the first that is there counts"},
  {"auth.subject_is_user_id", at<&s::auth, &auth_settings::subject_is_user_id>, any,
   "Whether tokens of every issuer name users by our ids, as with an imported user table"},
  {"auth.trust_role_claim", at<&s::auth, &auth_settings::trust_role_claim>, any,
   "Whether a token's claim 'role' counts, instead of the role that this server has stored for the user"},
  {"auth.roles", at<&s::auth, &auth_settings::roles>, names_rule, "Server roles besides public, authenticated and admin"},
  {"auth.expiry_grace_ms", at<&s::auth, &auth_settings::expiry_grace_ms>, range(0, 600000),
   "Milliseconds from the expiry of a socket's token until it is disconnected, unless it brings a new one"},
  {"auth.hash_threads", at<&s::auth, &auth_settings::hash_threads>, range(1, 64),
   "Threads that hash passwords, each of which takes 19 MiB while it does"},
  {"auth.hash_queue_max", at<&s::auth, &auth_settings::hash_queue_max>, range(1, 10000),
   "Passwords that may wait to be hashed; more are refused as busy"},
  {"auth.registration", at<&s::auth, &auth_settings::registration>, any, "Whether anybody may register an account with a password"},
  {"auth.secure_cookie", at<&s::auth, &auth_settings::secure_cookie>, any,
   "Whether the cookie accessToken is sent over TLS only; true behind a proxy that speaks TLS"},

  {"limits.message_bytes_max", at<&s::limits, &limits_settings::message_bytes_max>, range(1, 16 * mebi), "Bytes of a message's text"},
  {"limits.json_depth_max", at<&s::limits, &limits_settings::json_depth_max>, range(4, 256),
   "Arrays and objects within each other in JSON from a client"},
  {"limits.json_elements_max", at<&s::limits, &limits_settings::json_elements_max>, range(100, 1000000),
   "Values in one JSON text from a client"},
  {"limits.submits_in_flight", at<&s::limits, &limits_settings::submits_in_flight>, range(1, 65536),
   "Unanswered messages of one connection; beyond them its socket is not read"},
  {"limits.room_pending_max", at<&s::limits, &limits_settings::room_pending_max>, range(1, 1000000),
   "Messages of one room that wait to be stored; more are refused as busy"},
  {"limits.writes_pending_max", at<&s::limits, &limits_settings::writes_pending_max>, range(1, 1000000),
   "Writes other than messages (read cursors, accounts, new channels) that wait to be stored; more are refused as busy"},
  {"limits.rooms_per_socket_max", at<&s::limits, &limits_settings::rooms_per_socket_max>, range(1, 100000),
   "Rooms that one socket may be in"},
  {"limits.room_name_bytes_max", at<&s::limits, &limits_settings::room_name_bytes_max>, range(1, 1024), "Bytes of a room's name"},
  {"limits.tail_operations", at<&s::limits, &limits_settings::tail_operations>, range(0, 10000),
   "Latest operations that a room keeps in memory for those who reconnect"},
  {"limits.tail_bytes", at<&s::limits, &limits_settings::tail_bytes>, range(0, 64 * mebi), "Bytes that these operations may take"},
  {"limits.missed_max", at<&s::limits, &limits_settings::missed_max>, range(1, 100000),
   "Missed operations in the answer to a join; the client joins again for the rest"},
  {"limits.history_page_max", at<&s::limits, &limits_settings::history_page_max>, range(1, 1000), "Messages in one page of history"},
  {"limits.typing_timeout_ms", at<&s::limits, &limits_settings::typing_timeout_ms>, range(100, 600000),
   "Milliseconds after which who is typing no longer is, unless they say so again"},
  {"limits.http_header_bytes_max", at<&s::limits, &limits_settings::http_header_bytes_max>, range(1024, mebi),
   "Bytes of the header of an HTTP request"},
  {"limits.http_body_bytes_max", at<&s::limits, &limits_settings::http_body_bytes_max>, range(1024, 1024 * mebi),
   "Bytes of the body of an HTTP request"},
  {"limits.rate.events", at<&s::limits, &limits_settings::rate, &rate_settings::events>, rate_rule,
   "Events of one user per minute, whatever they are; a sixth of them may come at once"},
  {"limits.rate.messages", at<&s::limits, &limits_settings::rate, &rate_settings::messages>, rate_rule,
   "Messages of one user per minute; a sixth of them may come at once"},
  {"limits.rate.changes", at<&s::limits, &limits_settings::rate, &rate_settings::changes>, rate_rule,
   "Edits, deletions, reactions and the like of one user per minute; a sixth of them may come at once"},
  {"limits.rate.joins", at<&s::limits, &limits_settings::rate, &rate_settings::joins>, rate_rule,
   "Joins of one user per minute; a sixth of them may come at once"},
  {"limits.rate.typing", at<&s::limits, &limits_settings::rate, &rate_settings::typing>, rate_rule,
   "Typing notices of one user per minute; a sixth of them may come at once"},
  {"limits.rate.queries", at<&s::limits, &limits_settings::rate, &rate_settings::queries>, rate_rule,
   "Questions of one user per minute: status, who is online, tokens; a sixth of them may come at once"},
  {"limits.rate.requests", at<&s::limits, &limits_settings::rate, &rate_settings::requests>, rate_rule,
   "Requests of one user per minute over REST that change something; a sixth of them may come at once"},
  {"limits.rate.reads", at<&s::limits, &limits_settings::rate, &rate_settings::reads>, rate_rule,
   "Requests of one user per minute over REST that only read; a sixth of them may come at once"},
  {"limits.rate.connects", at<&s::limits, &limits_settings::rate, &rate_settings::connects>, rate_rule,
   "Sockets per minute from one address (of IPv6: its /64); a sixth of them may come at once"},
  {"limits.rate.logins", at<&s::limits, &limits_settings::rate, &rate_settings::logins>, rate_rule,
   "Logins and registrations per minute from one address (of IPv6: its /64); a sixth of them may come at once"},

  {"presence.grace_ms", at<&s::presence, &presence_settings::grace_ms>, range(0, 3600000),
   "Milliseconds for which a user whose last socket has gone still counts as online"},
  {"presence.tick_ms", at<&s::presence, &presence_settings::tick_ms>, range(1, 60000), "Milliseconds between two rounds of status changes"},
  {"presence.room_limit", at<&s::presence, &presence_settings::room_limit>, range(0, 100000),
   "Members up to which a room's members hear of each other's coming and going; in larger rooms they ask"},

  {"cors.origins", at<&s::cors, &cors_settings::origins>, origin_rule,
   "Origins whose pages may read our answers. Environment: FRONTEND_URL and CLIENT_URL, comma lists"},
  {"cors.exposed_headers", at<&s::cors, &cors_settings::exposed_headers>, such("names of headers", a_token),
   "Headers of our answers that those pages may read, besides the usual ones"},
  {"cors.max_age_s", at<&s::cors, &cors_settings::max_age_s>, range(0, 86400),
   "Seconds for which a browser may remember the answer to its preflight; 0 leaves that to the browser"},

  {"security.check_origin", at<&s::security, &security_settings::check_origin>, any,
   "Whether pages may connect only from the host that they connect to, from cors.origins and from security.allowed_origins; who is no "
   "browser may always"},
  {"security.allowed_origins", at<&s::security, &security_settings::allowed_origins>,
   such("origins like https://chat.example, without a path, or * for all", an_origin_or_all),
   "Origins whose pages may connect, besides the own host and cors.origins"},

  {"log.level", at<&s::log, &log_settings::level>, one_of("trace|debug|info|warn|error|off"), "Least severe level that is logged"},
  {"log.format", at<&s::log, &log_settings::format>, one_of("auto|text|json"),
   "Lines for people or JSON lines, on stderr; auto is text on a terminal, else JSON"},
};

} // namespace

std::span<const setting_key> setting_keys() {
  return keys;
}

} // namespace stentor
