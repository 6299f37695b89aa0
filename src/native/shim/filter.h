// The seccomp filter that every process of the agent carries, on top of the container's profile.
#ifndef SHIM_FILTER_H
#define SHIM_FILTER_H

// Installs it for the calling process and all its children. Returns 0, or -1 with errno.
int filter_install(void);

#endif
