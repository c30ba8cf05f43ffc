#pragma once

// A Socket.IO v4 server as a library.

#include "stentor/server.hpp"
