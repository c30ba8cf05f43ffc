#include "net/client_bundle.hpp"

#include <algorithm>
#include <iterator>

// Puts a file into the program, between two symbols.
#define STENTOR_EMBED(symbol, file)                                                                                                        \
  __asm__(".pushsection .rodata\n" #symbol ": .incbin \"" STENTOR_CLIENT_BUNDLE "/" file "\"\n" #symbol "_end: .byte 0\n.popsection\n");   \
  extern "C" const char symbol[];                                                                                                          \
  extern "C" const char symbol##_end[];

STENTOR_EMBED(stentor_client_js, "socket.io.js")
STENTOR_EMBED(stentor_client_js_map, "socket.io.js.map")
STENTOR_EMBED(stentor_client_min, "socket.io.min.js")
STENTOR_EMBED(stentor_client_min_map, "socket.io.min.js.map")
STENTOR_EMBED(stentor_client_esm, "socket.io.esm.min.js")
STENTOR_EMBED(stentor_client_esm_map, "socket.io.esm.min.js.map")
STENTOR_EMBED(stentor_client_msgpack, "socket.io.msgpack.min.js")
STENTOR_EMBED(stentor_client_msgpack_map, "socket.io.msgpack.min.js.map")

namespace stentor {
namespace {

struct row {
  std::string_view name;
  const char* begin;
  const char* end;
};

constexpr row files[] = {
  {"socket.io.js", stentor_client_js, stentor_client_js_end},
  {"socket.io.js.map", stentor_client_js_map, stentor_client_js_map_end},
  {"socket.io.min.js", stentor_client_min, stentor_client_min_end},
  {"socket.io.min.js.map", stentor_client_min_map, stentor_client_min_map_end},
  {"socket.io.esm.min.js", stentor_client_esm, stentor_client_esm_end},
  {"socket.io.esm.min.js.map", stentor_client_esm_map, stentor_client_esm_map_end},
  {"socket.io.msgpack.min.js", stentor_client_msgpack, stentor_client_msgpack_end},
  {"socket.io.msgpack.min.js.map", stentor_client_msgpack_map, stentor_client_msgpack_map_end},
};

constexpr std::string_view etag = "\"" STENTOR_CLIENT_VERSION "\"";
constexpr std::string_view weak_etag = "W/\"" STENTOR_CLIENT_VERSION "\"";

} // namespace

std::optional<http_response> client_bundle_answer(std::string_view name, const http_request& request) {
  const auto* found = std::ranges::find(files, name, &row::name);
  if (found == std::end(files))
    return std::nullopt;
  auto is_map = name.ends_with(".map");
  auto answer = http_response{
    .body = {},
    .content_type = is_map ? "application/json; charset=utf-8" : "application/javascript; charset=utf-8",
    .headers = {{"Cache-Control", "public, max-age=0"}, {"ETag", std::string{etag}}},
    .route = "/socket.io/(client)",
  };
  auto known = request.headers.get("if-none-match");
  if (known == etag || known == weak_etag)
    answer.status = 304;
  else
    answer.body.assign(found->begin, found->end);
  return answer;
}

} // namespace stentor
