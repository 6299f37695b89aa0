using Stromboli.Gateway.Git;
using Stromboli.NodeLink.Messages;
using Stromboli.PodmanBridge.Clones;
using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Pushes;

/// <summary>What the shim of the container runs that pushes what an agent left. It holds no secret. Pure.</summary>
internal static class PublishCommand
{
    private static readonly Lazy<string> Script = new(Read);

    /// <summary>The frame that lets it go.</summary>
    /// <param name="push">What is pushed.</param>
    /// <param name="looks">Whether it only looks where the branch is.</param>
    /// <param name="commit">The commit that was cloned.</param>
    /// <param name="pids">The run's limit of processes and threads.</param>
    /// <param name="lease">How much of the lease is left.</param>
    public static ShimGo Build(PushOnSuccess push, bool looks, string commit, int pids, TimeSpan lease) =>
        CloneCommand.Confined(
            [
                "/bin/sh",
                "-c",
                Script.Value,
                "publish",
                looks ? "look" : "push",
                GitRoutes.Repository,
                push.Branch,
                commit,
                push.Message,
                string.Join('\n', push.ProtectedPaths),
            ],
            [$"GIT_AUTHOR_NAME={push.AuthorName}", $"GIT_AUTHOR_EMAIL={push.AuthorEmail}"],
            [],
            pids,
            lease
        );

    private static string Read()
    {
        using var stream = typeof(PublishCommand).Assembly.GetManifestResourceStream("publish.sh")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
