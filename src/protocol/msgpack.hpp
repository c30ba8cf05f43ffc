#pragma once

// MessagePack as JSON values. https://github.com/msgpack/msgpack/blob/master/spec.md
// Extensions: timestamp (-1), and type 0 as notepack.io 2 writes it: undefined, Date and ArrayBuffer.

#include "base/json.hpp"

#include <string>
#include <string_view>

namespace stentor {

/// Parses one value that takes all of `bytes`. Never allocates for more than `bytes` holds, nor recurses beyond the limits, which count
/// as those of `parse_json` do. Failures: `bad_request`, `too_large`.
///
/// What JSON lacks becomes what `JSON.stringify` makes of it: NaN and infinities are null; a date is text, as of `Date.toJSON`;
/// undefined is left out of maps and is null elsewhere. A float without a fraction is an integer up to 2^53. Binary is `json::binary`.
/// Of a repeated key the last value stays. Refused: keys that are no strings, text that is no UTF-8, other extensions.
result<json> parse_msgpack(std::string_view bytes, json_limits limits = {});

/// Appends `value` in the shortest form, as notepack.io does: a number without a fraction is an integer, other floats have 64 bits.
/// Requires valid UTF-8. Throws `std::length_error` for what 32 bits cannot count.
void append_msgpack(std::string& out, const json& value);
void append_msgpack_text(std::string& out, std::string_view text);
/// What announces an array of `size` values, or a map of `size` pairs, that follow.
void append_msgpack_array(std::string& out, size_t size);
void append_msgpack_map(std::string& out, size_t size);

} // namespace stentor
