// SHA-256 (FIPS 180-4), computed piece by piece.
#ifndef SHIM_SHA256_H
#define SHIM_SHA256_H

#include <stddef.h>
#include <stdint.h>

enum { SHA256_BLOCK = 64, SHA256_HEX = 65 };

struct sha256 {
    uint32_t state[8];
    uint64_t bytes;
    unsigned char block[SHA256_BLOCK];
};

void sha256_init(struct sha256 *s);
void sha256_add(struct sha256 *s, const void *bytes, size_t n);
// The digest of what was added so far, in lower-case hexadecimal with a NUL. More may be added afterwards.
void sha256_hex(const struct sha256 *s, char hex[SHA256_HEX]);

#endif
