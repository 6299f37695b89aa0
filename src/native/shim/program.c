#include "program.h"

#include <elf.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SEGMENTS_MAX = 64 };

static bool read_at(int fd, void *into, size_t n, off_t at)
{
    return pread(fd, into, n, at) == (ssize_t)n;
}

// Only 64-bit little-endian files: the filter kills programs of other architectures anyway.
static bool is_native(const Elf64_Ehdr *h)
{
    return memcmp(h->e_ident, ELFMAG, SELFMAG) == 0 && h->e_ident[EI_CLASS] == ELFCLASS64
        && h->e_ident[EI_DATA] == ELFDATA2LSB && h->e_phentsize == sizeof(Elf64_Phdr) && h->e_phnum <= SEGMENTS_MAX;
}

static bool elf_interpreter(int fd, char *path)
{
    Elf64_Ehdr header;
    if (!read_at(fd, &header, sizeof header, 0) || !is_native(&header)) return false;
    for (unsigned i = 0; i < header.e_phnum; i++) {
        Elf64_Phdr segment;
        if (!read_at(fd, &segment, sizeof segment, (off_t)(header.e_phoff + i * sizeof segment))) return false;
        if (segment.p_type != PT_INTERP) continue;
        if (segment.p_filesz == 0 || segment.p_filesz >= INTERPRETER_MAX) return false;
        return read_at(fd, path, segment.p_filesz, (off_t)segment.p_offset);
    }
    return true;
}

static bool script_interpreter(int fd, char *path)
{
    char line[INTERPRETER_MAX] = "";
    ssize_t n = pread(fd, line, sizeof line - 1, 0);
    if (n < 3 || line[0] != '#' || line[1] != '!') return false;
    const char *start = line + 2 + strspn(line + 2, " \t");
    size_t length = strcspn(start, " \t\n");
    memcpy(path, start, length);
    return length > 0;
}

void program_inspect(struct program *p, const char *path)
{
    memset(p, 0, sizeof *p);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    struct stat st;
    p->present = fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
    if (p->present) {
        bool runs = elf_interpreter(fd, p->interpreter) || script_interpreter(fd, p->interpreter);
        p->interpreter[INTERPRETER_MAX - 1] = 0;
        p->interpreter_present = runs && (!p->interpreter[0] || access(p->interpreter, X_OK) == 0);
    }
    if (fd >= 0) close(fd);
}
