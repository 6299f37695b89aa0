#ifndef READER_OPEN_H
#define READER_OPEN_H

#include "protocol.h"

#include <stdbool.h>

// Opens the directory that everything is read below. Follows no symbolic link at the end of its path.
int open_root(const char *path);

// The facts of an entry of a directory; of the directory itself if the name is empty. Follows no link.
enum outcome look_at(int directory, const char *name, struct facts *facts);

// Opens what is at a path below the root: a regular file with one name, or a directory. Nothing else is ever opened for reading, because to
// open a device may have effects, and a pipe waits.
enum outcome open_below(int root, const char *path, int *fd, struct facts *facts);

// Whether an error is that of a path that leads nowhere.
enum outcome outcome_of(int error);

#endif
