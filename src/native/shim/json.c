#include "json.h"

#include <stdio.h>
#include <string.h>

static void put(struct json *j, const char *bytes, size_t n)
{
    // One byte stays free for the NUL of json_done.
    if (j->full || n >= j->size - j->length) {
        j->full = true;
        return;
    }
    memcpy(j->text + j->length, bytes, n);
    j->length += n;
}

void json_raw(struct json *j, const char *text)
{
    put(j, text, strlen(text));
}

void json_number(struct json *j, uint64_t value)
{
    char digits[24];
    snprintf(digits, sizeof digits, "%llu", (unsigned long long)value);
    json_raw(j, digits);
}

// Length of the well-formed UTF-8 sequence (RFC 3629) at `s`, or 0.
static size_t sequence(const unsigned char *s)
{
    if (s[0] < 0x80) return 1;
    size_t n = s[0] >= 0xC2 && s[0] <= 0xDF ? 2 : (s[0] & 0xF0) == 0xE0 ? 3 : s[0] >= 0xF0 && s[0] <= 0xF4 ? 4 : 0;
    for (size_t i = 1; i < n; i++)
        if ((s[i] & 0xC0) != 0x80) return 0;
    bool overlong = (s[0] == 0xE0 && s[1] < 0xA0) || (s[0] == 0xF0 && s[1] < 0x90);
    bool surrogate = s[0] == 0xED && s[1] > 0x9F;
    bool beyond = s[0] == 0xF4 && s[1] > 0x8F;
    return overlong || surrogate || beyond ? 0 : n;
}

void json_string(struct json *j, const char *text)
{
    json_raw(j, "\"");
    for (const unsigned char *s = (const unsigned char *)text; *s;) {
        size_t n = sequence(s);
        char escaped[8];
        if (n == 0) {
            json_raw(j, "\\ufffd");
            n = 1;
        } else if (*s == '"' || *s == '\\') {
            put(j, "\\", 1);
            put(j, (const char *)s, 1);
        } else if (*s < 0x20 || *s == 0x7F) {
            snprintf(escaped, sizeof escaped, "\\u%04x", *s);
            json_raw(j, escaped);
        } else {
            put(j, (const char *)s, n);
        }
        s += n;
    }
    json_raw(j, "\"");
}

void json_key(struct json *j, const char *key)
{
    char last = j->length ? j->text[j->length - 1] : '{';
    if (last != '{' && last != '[') json_raw(j, ",");
    json_string(j, key);
    json_raw(j, ":");
}

const char *json_done(struct json *j)
{
    j->text[j->length] = 0;
    return j->text;
}
