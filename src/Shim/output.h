// What the agent prints, on its way to the shim's stdout: framed in lines, bounded by logBytes, never forgeable.
#ifndef SHIM_OUTPUT_H
#define SHIM_OUTPUT_H

#include "sha256.h"

#include <stdbool.h>
#include <stdint.h>

enum { STREAM_OUT, STREAM_ERR, STREAMS };

// `reader_gone` is called once when nobody reads our stdout any more: what happens next has no witness.
void output_init(void (*reader_gone)(void));
// Splits the agent bytes that may be written into a head and a tail kept for the end.
void output_limit(uint64_t log_bytes);
// Takes over the reading end of one of the agent's pipes.
void output_attach(int stream, int fd);
// For the end, when no process is left that could write: reads the pipes dry, writes the tails, then calls `done`.
void output_drain(void (*done)(void));

uint64_t output_produced(int stream);
// SHA-256 of the agent's whole stdout so far.
void output_digest(char hex[SHA256_HEX]);
bool output_truncated(void);

#endif
