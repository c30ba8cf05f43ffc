#pragma once

#include "base/settings.hpp"
#include "net/http.hpp"

namespace stentor {

/// Whether who asks may open an Engine.IO connection: true without `security.check_origin`, and of those who are no page of a browser. A
/// page may if it comes from the host that it asks, or if its origin is one of `cors.origins` and `security.allowed_origins`, in which `*`
/// is everyone. Compares scheme, host and port; a proxy must leave the Host as it is.
bool may_connect(const settings& rules, const http_request& request);

} // namespace stentor
