#pragma once

// What the routes of one channel, `/api/channels/:id…`, have in common.

#include "api/ask.hpp"

namespace stentor::api {

/// Finds the channel of the path; 404 for other rooms, too.
void with_channel(service& on, const call_ptr& from, std::function<void(const found_room&)> then);

using on_committed = std::function<void(const committed&)>;
/// Submits in the caller's name; a refusal answers the call.
void submit_to(service& on, const call_ptr& from, const found_room& where, operation what, on_committed then);
/// The same for what is no error if it is so already.
void submit_or_repeat(service& on, const call_ptr& from, const found_room& where, operation what, std::function<void()> then);

} // namespace stentor::api
