using Stromboli.PodmanBridge.Attempts;
using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Tests.Attempts;

public sealed class HookOutcomeTests
{
    private const int NoSuchFile = 2;
    private const int NoPermission = 13;

    [Fact]
    public void Sentence_Exit_NamesHookAndWay()
    {
        Assert.Equal(
            "The hook postCreate[1] exited with 3; its output is in the log.",
            Say(new ShimExit { Code = 3, Hook = "postCreate[1]" })
        );
        Assert.Equal(
            "The hook postCreate[1] was ended by SIGSEGV; its output is in the log.",
            Say(
                new ShimExit
                {
                    Signal = 11,
                    SignalName = "SIGSEGV",
                    Hook = "postCreate[1]",
                }
            )
        );
        Assert.Equal(
            "The hook postCreate[1] was stopped, since lifecycle.timeout of 1m30s was over; its output is in the log.",
            Say(
                new ShimExit
                {
                    Code = 0,
                    By = "hooks",
                    Hook = "postCreate[1]",
                }
            )
        );
    }

    [Theory]
    [InlineData(
        "exec",
        NoSuchFile,
        "The hook onCreate[0] could not be started: the image has no /bin/sh, or not the interpreter that it needs."
    )]
    [InlineData("exec", NoPermission, "The hook onCreate[0] could not be started: the image's /bin/sh cannot be run: Permission denied.")]
    [InlineData("spawn", NoPermission, "The hook onCreate[0] could not be started (spawn): Permission denied.")]
    public void Sentence_NotStarted_NamesHookAndCause(string step, int errno, string sentence) =>
        Assert.Equal(
            sentence,
            HookOutcome.Sentence(
                new ShimFailure
                {
                    Step = step,
                    Errno = errno,
                    Message = "Permission denied",
                    Hook = "onCreate[0]",
                }
            )
        );

    private static string Say(ShimExit exit) => HookOutcome.Sentence(exit, 90_000);
}
