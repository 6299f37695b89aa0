// The Hello: what the shim tells about itself and its container at each connect.
#ifndef SHIM_HELLO_H
#define SHIM_HELLO_H

#include "json.h"

enum { HELLO_MAX = 64 * 1024 };

// `record` is the last record, or NULL if there is none yet.
void hello_write(struct json *j, const char *state, const char *record);

#endif
