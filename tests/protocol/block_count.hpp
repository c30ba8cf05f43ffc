#pragma once

namespace stentor {

/// How many blocks operator new of this program has given that delete has not taken back.
long blocks_in_use();

} // namespace stentor
