// Writes JSON text into a bounded buffer.
#ifndef SHIM_JSON_H
#define SHIM_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct json {
    char *text;
    size_t size, length;
    // Set when something did not fit. The text is unusable then.
    bool full;
};

void json_raw(struct json *j, const char *text);
void json_number(struct json *j, uint64_t value);
// A quoted string. Bytes that are not UTF-8 become U+FFFD, since JSON cannot hold them.
void json_string(struct json *j, const char *text);
// `"key":`, after a comma when a member or element comes before it.
void json_key(struct json *j, const char *key);
// The text, ended with a NUL.
const char *json_done(struct json *j);

#endif
