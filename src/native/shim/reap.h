// The duty of every PID 1: no zombie stays.
#ifndef SHIM_REAP_H
#define SHIM_REAP_H

// Reaps what is over and tells life.h of each, and of there being no child left.
void reap_all(void);

#endif
