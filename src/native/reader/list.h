#ifndef READER_LIST_H
#define READER_LIST_H

#include "protocol.h"

#include <stdbool.h>

// Puts the names of a directory with numbers from `offset` to `offset + count` into `names`, in the order of their bytes. The caller frees
// them. Keeps only the names up to the last one wanted, so the first pages of any directory take little memory.
enum outcome list_names(int directory, uint64_t offset, uint64_t count, char ***names, uint64_t *found, bool *more);

#endif
