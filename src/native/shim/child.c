#include "child.h"

#include "filter.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

enum step { STEP_SESSION, STEP_FILTER, STEP_PIDS, STEP_WORKDIR, STEP_EXEC, STEPS };

// The pipe that reports a failed start to the shim: the only descriptor of the shim that a child keeps until exec.
enum { REPORT = 3 };

static int report_to = -1;

const char *child_step_name(int step)
{
    static const char *const names[STEPS] = { "session", "filter", "pids", "workdir", "exec" };
    return step >= 0 && step < STEPS ? names[step] : "exec";
}

static _Noreturn void give_up(enum step step)
{
    struct child_report report = { .step = (int32_t)step, .error = errno };
    // Smaller than PIPE_BUF, so it arrives whole. If the shim is gone, this process is gone too.
    ssize_t n = write(report_to, &report, sizeof report);
    _exit(n < 0 ? 126 : 125);
}

// A session of its own, so that no signal to a group reaches the shim. Nothing of the shim stays in reach.
static void take_session(const int fds[3])
{
    if (setsid() < 0) give_up(STEP_SESSION);
    for (int i = 0; i < 3; i++)
        if (dup2(fds[i], i) < 0) give_up(STEP_SESSION);
    if (report_to != REPORT && dup3(report_to, REPORT, O_CLOEXEC) < 0) give_up(STEP_SESSION);
    report_to = REPORT;
    // exec would close everything of the shim. Nothing of it is needed until then.
    if (close_range(REPORT + 1, ~0U, 0) < 0) give_up(STEP_SESSION);
    for (int s = 1; s < NSIG; s++) signal(s, SIG_DFL);
    umask(022);
    // exec would hand it on.
    prctl(PR_SET_THP_DISABLE, 0, 0, 0, 0);
}

// Bounds the processes and threads of our user, the shim among them. The engine must not set this limit: until it has become our user, the
// kernel would hold the engine itself to it, and would count the processes of the engine's user, the monitors of all containers among them.
static void bound_processes(uint64_t pids)
{
    if (pids == 0) return;
    const struct rlimit limit = { .rlim_cur = pids, .rlim_max = pids };
    if (setrlimit(RLIMIT_NPROC, &limit) < 0) give_up(STEP_PIDS);
}

static void enter(const char *workdir)
{
    char path[PATH_MAX];
    size_t n = strlen(workdir);
    if (n >= sizeof path) {
        errno = ENAMETOOLONG;
        give_up(STEP_WORKDIR);
    }
    int why_not_made = 0;
    for (size_t i = 1; i <= n; i++) {
        if (workdir[i] != '/' && workdir[i] != 0) continue;
        memcpy(path, workdir, i);
        path[i] = 0;
        if (mkdir(path, 0755) < 0 && errno != EEXIST && !why_not_made) why_not_made = errno;
    }
    if (chdir(workdir) == 0) return;
    // A directory that is missing here could not be made.
    if (errno == ENOENT && why_not_made) errno = why_not_made;
    give_up(STEP_WORKDIR);
}

static const char *search_path(char *const *envp)
{
    for (; *envp; envp++)
        if (strncmp(*envp, "PATH=", 5) == 0) return *envp + 5;
    return "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
}

// execve, with the agent's own PATH for a bare name. Not execvpe: that runs a file that the kernel refuses as a shell script, and searches
// the shim's PATH.
static void execute(char *const *argv, char *const *envp)
{
    if (strchr(argv[0], '/')) {
        execve(argv[0], argv, envp);
        return;
    }
    int worst = ENOENT;
    for (const char *dir = search_path(envp), *end; dir; dir = *end ? end + 1 : NULL) {
        end = strchrnul(dir, ':');
        char path[PATH_MAX];
        int n = snprintf(path, sizeof path, "%.*s%s%s", (int)(end - dir), dir, end == dir ? "" : "/", argv[0]);
        if (n < 0 || (size_t)n >= sizeof path) continue;
        execve(path, argv, envp);
        // "Found, but not permitted" says more than "not found in the last folder".
        if (errno != ENOENT && errno != ENOTDIR) worst = errno;
    }
    errno = worst;
}

void child_run(const struct child_command *command, const int fds[3], int report_fd)
{
    report_to = report_fd;
    take_session(fds);
    // Before any step that takes time: a process that stops us there must find nothing that the agent would not have.
    if (filter_install() < 0) give_up(STEP_FILTER);
    bound_processes(command->pids);
    enter(command->workdir);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execute(command->argv, command->envp);
    give_up(STEP_EXEC);
}
