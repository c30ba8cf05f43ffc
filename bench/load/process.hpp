#pragma once

#include <cstdint>

#include <sys/types.h>

namespace stentor::load {

/// User plus system time of a process so far, without its children; 10 ms steps. Throws load_error if it is gone.
double process_cpu_s(pid_t pid);

/// VmRSS of a process.
uint64_t resident_kb(pid_t pid);

/// User plus system time of this process so far.
double own_cpu_s();

/// Time that all cores of the machine were not idle so far, or taken away by the hypervisor.
double machine_cpu_s();

/// Lets this process open as many descriptors as the hard limit allows; returns that number.
uint64_t raise_descriptor_limit();

} // namespace stentor::load
