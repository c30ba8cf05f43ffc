#pragma once

#include <string>

namespace stentor::password {

/// argon2id (m = 19456 KiB, t = 2, p = 1) with a salt of its own, as text that names its parameters. Takes tens of milliseconds
/// and 19 MiB: never on a thread that others wait for. Throws `std::bad_alloc` if the memory is not there.
std::string hash(const std::string& secret);

/// Whether `secret` is what `hash` was made of. Takes as long as hash().
bool matches(const std::string& secret, const std::string& hash);

/// Whether the hash was made with other parameters than today's.
bool is_outdated(const std::string& hash);

/// A hash that takes as long as any other and that nothing matches: for users that do not exist.
const std::string& dummy();

} // namespace stentor::password
