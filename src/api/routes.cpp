#include "api/api.hpp"

namespace stentor::api {
namespace {

constexpr route table[] = {
  // method  path                        handle            for whom
  {"POST",   "/api/auth/local/register", register_account, access::anyone},
  {"POST",   "/api/auth/local",          log_in_local,     access::anyone},
  {"POST",   "/api/auth/refresh",        refresh_token},
  {"POST",   "/api/auth/logout",         log_out},
  {"GET",    "/api/users/me",            show_me},
  {"GET",    "/api/users/search",        search_for_users},
  {"GET",    "/api/users",               list_users},
  {"PUT",    "/api/users/:id",           change_user,      access::admin},
  {"POST",   "/api/channels",            create_channel},
  {"GET",    "/api/channels",            list_channels},
  {"GET",    "/api/channels/:id",        show_channel},
  {"POST",   "/api/channels/:id/join",   join_channel},
  {"GET",    "/api/messages",            list_messages},
};

} // namespace

std::span<const route> routes() {
  return table;
}

} // namespace stentor::api
