#include "api/api.hpp"

namespace stentor::api {
namespace {

// clang-format off
constexpr route table[] = {
  // method  path                                 needs           handle
  {"GET",    "/health",                           access::anyone, show_health},
  {"GET",    "/ready",                            access::anyone, show_readiness},
  {"GET",    "/metrics",                          access::anyone, show_metrics},
  {"GET",    "/api/stats",                        access::user,   show_stats},

  {"POST",   "/api/auth/local/register",          access::anyone, register_account},
  {"POST",   "/api/auth/local",                   access::anyone, log_in_local},
  {"POST",   "/api/auth/refresh",                 access::user,   refresh_token},
  {"POST",   "/api/auth/logout",                  access::user,   log_out},

  {"GET",    "/api/users/me",                     access::user,   show_me},
  {"GET",    "/api/users/search",                 access::user,   search_for_users},
  {"GET",    "/api/users",                        access::user,   list_users},
  {"PUT",    "/api/users/:id",                    access::admin,  change_user},

  {"POST",   "/api/channels",                     access::user,   create_channel},
  {"GET",    "/api/channels",                     access::user,   list_channels},
  {"GET",    "/api/channels/:id",                 access::user,   show_channel},
  {"PATCH",  "/api/channels/:id",                 access::user,   change_channel},
  {"DELETE", "/api/channels/:id",                 access::user,   delete_channel},
  {"POST",   "/api/channels/:id/join",            access::user,   join_channel},
  {"POST",   "/api/channels/:id/leave",           access::user,   leave_channel},
  {"PUT",    "/api/channels/:id/read",            access::user,   read_channel},
  {"GET",    "/api/channels/:id/members",         access::user,   list_members},
  {"POST",   "/api/channels/:id/members",         access::user,   add_channel_member},
  {"PATCH",  "/api/channels/:id/members/:userId", access::user,   change_channel_member},
  {"DELETE", "/api/channels/:id/members/:userId", access::user,   remove_channel_member},
  {"GET",    "/api/messages",                     access::user,   list_messages},
};
// clang-format on

} // namespace

std::span<const route> routes() {
  return table;
}

} // namespace stentor::api
