// Reaps zombies, as every PID 1 must.
#ifndef SHIM_REAP_H
#define SHIM_REAP_H

// Reaps ended children and reports each to life.h, and when no child is left.
void reap_all(void);

#endif
