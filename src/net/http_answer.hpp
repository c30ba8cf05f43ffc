#pragma once

#include "net/http.hpp"

namespace stentor {

/// What becomes of the TCP connection behind an answer.
enum class afterwards : uint8_t { keep_alive, close };

http_response empty_answer(unsigned status);

/// An answer as HTTP/1.1 writes it.
std::string bytes_of(const http_response& answer, afterwards what);

} // namespace stentor
