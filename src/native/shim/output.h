// What the agent prints, on its way to the shim's stdout: framed in lines, bounded by logBytes, never forgeable.
#ifndef SHIM_OUTPUT_H
#define SHIM_OUTPUT_H

#include "sha256.h"

#include <stdbool.h>
#include <stdint.h>

// What the hooks print, to stdout or stderr, is one stream of its own: it is no part of what the agent says.
enum { STREAM_OUT, STREAM_ERR, STREAM_HOOKS, STREAMS };

// `reader_gone` is called once when nobody reads our stdout any more: what happens next has no witness.
void output_init(void (*reader_gone)(void));
// Splits the agent bytes that may be written into a head and tails kept for the end; one of the hooks if there are any.
void output_limit(uint64_t log_bytes, bool hooks);
// Takes over the reading end of one of the agent's pipes.
void output_attach(int stream, int fd);
// Reads what a pipe holds by now, as far as there is room for it, so that it stands before what is told next.
void output_catch_up(int stream);
// For the end, when no process is left that could write: reads the pipes dry, writes the tails, then calls `done`.
void output_drain(void (*done)(void));

uint64_t output_produced(int stream);
// SHA-256 of the agent's whole stdout so far.
void output_digest(char hex[SHA256_HEX]);
bool output_truncated(void);

#endif
