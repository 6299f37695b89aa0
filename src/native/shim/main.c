// stromboli-shim: PID 1 of an agent container. docs/design/shim-protocol.md says what it promises.
#include "life.h"
#include "loop.h"
#include "oom.h"
#include "reap.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

static void signals_ready(struct watch *w);
static struct watch signals = { .fd = -1, .ready = signals_ready };

// A sender inside the container has a pid here; one outside has none. The code must be kill(2)'s: siginfo of other kinds has no pid, which
// would read as 0.
static bool is_from_outside(const struct signalfd_siginfo *s)
{
    return s->ssi_code == SI_USER && s->ssi_pid == 0;
}

static void signals_ready(struct watch *w)
{
    struct signalfd_siginfo batch[16];
    ssize_t n = read(w->fd, batch, sizeof batch);
    if (n < 0 && errno != EAGAIN && errno != EINTR) panic("signalfd");
    for (ssize_t i = 0; n > 0 && i < n / (ssize_t)sizeof batch[0]; i++) {
        bool asks = batch[i].ssi_signo == SIGTERM || batch[i].ssi_signo == SIGINT;
        if (asks && is_from_outside(&batch[i])) life_stop_by_signal();
    }
    reap_all();
}

// Blocks all signals, so that none takes effect by itself, and resets what the engine may have set (with SIGCHLD ignored, the kernel would
// reap our children).
static void take_signals(void)
{
    for (int s = 1; s < NSIG; s++) signal(s, SIG_DFL);
    sigset_t all;
    sigfillset(&all);
    if (sigprocmask(SIG_SETMASK, &all, NULL) < 0) panic("sigprocmask");
    signals.fd = signalfd(-1, &all, SFD_NONBLOCK | SFD_CLOEXEC);
    if (signals.fd < 0 || !watch_events(&signals, EPOLLIN)) panic("signalfd");
}

// Makes sure that exactly stdin, stdout and stderr are open, whatever the engine left.
static void take_descriptors(void)
{
    int null;
    do null = open("/dev/null", O_RDWR);
    while (null >= 0 && null < 3);
    close_range(3, ~0U, 0);
    fcntl(STDOUT_FILENO, F_SETFL, fcntl(STDOUT_FILENO, F_GETFL) | O_NONBLOCK);
}

int main(void)
{
    take_descriptors();
    oom_open();
    // From here on no process of our uid may trace us or read our memory, environment or descriptors; until here we are alone in the
    // namespace. This never changes back. Children are not dumpable either until exec has replaced their memory and closed our descriptors.
    if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0) panic("PR_SET_DUMPABLE");
    // Anywhere else kill(-1) would hit processes that are not ours.
    if (getpid() != 1) {
        errno = EINVAL;
        panic("not PID 1");
    }
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) panic("PR_SET_NO_NEW_PRIVS");
    // The pools are large and mostly untouched. Huge pages would make them take real memory.
    prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
    // A group of our own, 1, which the agent's kill(0) never reaches. Fails if the engine has already made it.
    setsid();
    umask(022);
    if (chdir("/") < 0) panic("chdir");
    loop_init();
    take_signals();
    life_begin();
    loop_run();
}
