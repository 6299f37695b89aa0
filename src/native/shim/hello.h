// What the shim says of itself and its container at each connect.
#ifndef SHIM_HELLO_H
#define SHIM_HELLO_H

#include "json.h"

enum { HELLO_MAX = 64 * 1024 };

// `record` is the last record, or NULL while there is none.
void hello_write(struct json *j, const char *state, const char *record);

#endif
