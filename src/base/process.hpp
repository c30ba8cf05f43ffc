#pragma once

/// What the kernel knows of this process; 0 if it does not say.
namespace stentor::process {

double resident_bytes();
double open_fds();
double max_fds();
double cpu_seconds();

} // namespace stentor::process
