#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace stentor {

struct server_settings {
  std::string host = "0.0.0.0";
  uint64_t port = 1337;
  std::string mode = "development";
  std::string data_dir = "data";
  uint64_t drain_timeout_ms = 4000;
  std::vector<std::string> trusted_proxies;

  bool production() const { return mode == "production"; }
};

struct network_settings {
  uint64_t threads = 1;
  uint64_t flush_wait_us = 1000;
  uint64_t header_timeout_ms = 10000;
  uint64_t close_timeout_ms = 5000;
  uint64_t connections_max = 10000;
  uint64_t http_sessions_max = 20000;
  uint64_t outbox_bytes_max = 1048576;
  uint64_t socket_buffer_bytes = 131072;
  uint64_t backlog = 4096;
};

struct socketio_settings {
  uint64_t ping_interval_ms = 25000;
  uint64_t ping_timeout_ms = 20000;
  uint64_t connect_timeout_ms = 45000;
  uint64_t upgrade_timeout_ms = 10000;
  uint64_t attachments_timeout_ms = 10000;
  uint64_t max_payload_bytes = 1000000;
  std::string path = "/socket.io/";
  std::vector<std::string> transports = {"polling", "websocket"};
  bool allow_upgrades = true;
  bool allow_eio3 = false;
  std::string cookie; ///< empty: none
  bool serve_client = true;
  bool compress_polls = true;
};

struct recovery_settings {
  uint64_t max_disconnection_ms = 0; ///< 0: nobody recovers
  uint64_t log_bytes_max = 67108864;
  uint64_t lost_sockets_max = 10000;
};

struct actors_settings {
  std::string policy = "sharing";
  uint64_t max_threads = 0; ///< 0: one per core
  uint64_t max_throughput = 300;
  uint64_t readers = 2;
  uint64_t room_idle_ms = 60000;
};

struct store_settings {
  std::string url; ///< empty: stentor.db in server.data_dir; see database_url()
  uint64_t busy_timeout_ms = 2000;
};

struct auth_settings {
  std::string secret; ///< see base/secret.hpp
  std::string issuer = "stentor";
  std::string audience;
  uint64_t leeway_s = 0;
  uint64_t token_ttl_s = 3600;
  bool required = true;
  bool auto_provision = false;
  std::vector<std::string> user_claims = {"sub", "id", "userId"};
  bool subject_is_user_id = false;
  bool trust_role_claim = false;
  std::vector<std::string> roles; ///< besides public, authenticated and admin
  uint64_t expiry_grace_ms = 10000;
  uint64_t hash_threads = 1;
  uint64_t hash_queue_max = 64;
  bool registration = true;
  bool secure_cookie = false;
};

/// How often one user, or one address, may do something: events in a minute, a sixth of them at once.
struct rate_settings {
  uint64_t events = 6000;
  uint64_t messages = 300;
  uint64_t changes = 600;
  uint64_t joins = 600;
  uint64_t typing = 600;
  uint64_t queries = 600;
  uint64_t requests = 1200;
  uint64_t reads = 6000;
  uint64_t connects = 60000;
  uint64_t logins = 60;
};

struct limits_settings {
  uint64_t message_bytes_max = 65536;
  uint64_t json_depth_max = 32;
  uint64_t json_elements_max = 10000;
  uint64_t submits_in_flight = 64; ///< per connection
  uint64_t room_pending_max = 1024;
  uint64_t writes_pending_max = 1024;
  uint64_t rooms_per_socket_max = 1000;
  uint64_t room_name_bytes_max = 128;
  uint64_t tail_operations = 32;
  uint64_t tail_bytes = 16384;
  uint64_t missed_max = 500;
  uint64_t history_page_max = 100;
  uint64_t typing_timeout_ms = 5000;
  uint64_t http_header_bytes_max = 16384;
  uint64_t http_body_bytes_max = 1048576;
  rate_settings rate;
};

struct presence_settings {
  uint64_t grace_ms = 5000;
  uint64_t tick_ms = 100;
  uint64_t room_limit = 200;
};

struct cors_settings {
  std::vector<std::string> origins;
  std::vector<std::string> exposed_headers;
  uint64_t max_age_s = 0; ///< 0: not said
};

struct security_settings {
  bool check_origin = true;
  std::vector<std::string> allowed_origins; ///< besides the own host and cors.origins
};

struct log_settings {
  std::string level = "info";
  std::string format = "auto";
};

/// Everything an operator can set. The members' defaults are the defaults; setting_keys() is their table.
struct settings {
  server_settings server;
  network_settings network;
  socketio_settings socketio;
  recovery_settings recovery;
  actors_settings actors;
  store_settings store;
  auth_settings auth;
  limits_settings limits;
  presence_settings presence;
  cors_settings cors;
  security_settings security;
  log_settings log;
};

/// Gives the member of a setting, by type.
template <class T>
using setting_of = T& (*)(settings&);

/// What values a key takes, besides their type.
struct setting_rule {
  uint64_t least = 0, most = 0;                     ///< of an integer
  std::string_view choices = {};                    ///< of a text, "a|b"
  std::string_view words = {};                      ///< what `valid` lets through
  bool (*valid)(const std::string& text) = nullptr; ///< of a text, or of each text of a list
  bool secret = false;                              ///< the value is never shown
};

/// One row of the table of keys.
struct setting_key {
  std::string_view name; ///< "section.key"
  std::variant<setting_of<uint64_t>, setting_of<bool>, setting_of<std::string>, setting_of<std::vector<std::string>>> member;
  setting_rule rule;
  std::string_view meaning; ///< a sentence with the unit, without a full stop

  std::string_view section() const { return name.substr(0, name.find('.')); }
  std::string_view key() const { return name.substr(name.find('.') + 1); }
};

/// Every key; those of a section are neighbours.
std::span<const setting_key> setting_keys();

/// The row of "section.key", or null.
const setting_key* find_setting(std::string_view name);

/// What a key takes, in words: "an integer from 1 to 64", "sharing or stealing", "true or false".
std::string allowed_values(const setting_key& key);

/// The value of a key as TOML: `1337`, `"data"`, `["https://a.example"]`.
std::string toml_value(const setting_key& key, const settings& from);

/// A value before it is known whether a key takes it.
using setting_value = std::variant<int64_t, bool, std::string, std::vector<std::string>>;

/// The line that refuses a value: `WHERE: key 'x.y': found …, allowed …`.
failure refuse(std::string_view where, std::string_view name, std::string_view found, std::string_view allowed);

/// `base` with one key set, or refused; `where` is the source: "stentor.toml:7", "command line".
result<settings> with_value(settings base, const setting_key& key, const setting_value& value, std::string_view where);

/// `base` with one key set from text; lists are split at commas.
result<settings> with_text(settings base, std::string_view name, std::string_view text, std::string_view where);

/// `base` with what the TOML file at `path` says. Strict: the first unknown key, wrong type or value out of range is refused.
result<settings> with_file(settings base, const std::string& path);

using environment = std::map<std::string, std::string, std::less<>>;

/// `base` with DATABASE_URL, JWT_SECRET, HOST, PORT and FRONTEND_URL, CLIENT_URL (comma lists that make cors.origins).
/// A variable that is set but empty counts as not set.
result<settings> with_environment(settings base, const environment& variables);

/// store.url, or the one of stentor.db in server.data_dir: `sqlite:///absolute/path.db`.
std::string database_url(const settings& of);

} // namespace stentor
