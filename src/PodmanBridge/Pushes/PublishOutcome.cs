using Stromboli.Gateway.Git;

namespace Stromboli.PodmanBridge.Pushes;

/// <summary>How the push of what an agent left ended, as one sentence. Pure.</summary>
/// <param name="Succeeded">Whether the server has what the agent left, or there was nothing to push.</param>
/// <param name="Message">The sentence.</param>
internal sealed record PublishOutcome(bool Succeeded, string Message)
{
    // The exit codes of publish.sh.
    private const int NoRepository = 70;
    private const int NoHistory = 71;
    private const int Protected = 72;
    private const int Nested = 73;
    private const int NotCommitted = 74;
    private const int Diverged = 76;
    private const int NotPushed = 77;
    private const int ShownId = 12;

    /// <summary>Judges a push.</summary>
    /// <param name="branch">The branch.</param>
    /// <param name="log">What the container's log says.</param>
    /// <param name="failure">What the gateway saw go wrong.</param>
    /// <param name="sent">The commit whose push went out; null if none did.</param>
    /// <param name="isReported">Whether the server reported that it took it.</param>
    public static PublishOutcome OfPush(string branch, PublishRecords log, GitFailure? failure, string? sent, bool isReported) =>
        (log.Exit, log.Output.Split(' ')) switch
        {
            ({ Code: 0, By: "agent" }, ["same"]) => new(true, "There was nothing to push."),
            ({ Code: 0, By: "agent" }, ["already", var id]) => new(true, $"{branch} was at {Short(id)} already."),
            ({ Code: 0, By: "agent" }, ["pushed", var id]) when id == sent && isReported => new(true, $"Pushed {branch} at {Short(id)}."),
            ({ Code: NotPushed, By: "agent" }, _) when !isReported && failure is null => Failed(
                branch,
                "the server refused it; the run's log says more"
            ),
            _ when sent is not null => Unknown(branch, sent, isReported ? "the server took it, and does not have it now" : "it broke off"),
            _ when failure is not null => Failed(branch, failure.Cause),
            ({ Code: NoRepository }, _) => Failed(branch, "the agent left no repository that has the commit that was cloned"),
            ({ Code: NoHistory }, _) => Failed(branch, "what the agent left does not follow the commit that was cloned"),
            ({ Code: Protected }, _) => Failed(branch, $"it changes protected paths: {List(log.Output)}"),
            ({ Code: Nested }, _) => Failed(branch, $"the agent left repositories inside the workspace: {List(log.Output)}"),
            ({ Code: NotCommitted }, _) => Failed(branch, "the changes could not be committed; the run's log says more"),
            ({ Code: Diverged }, _) => Failed(branch, "the branch has commits that what the agent left does not follow"),
            ({ Code: { } code }, _) => Failed(branch, $"git exited with {code}; the run's log says more"),
            _ => Failed(branch, "its container ended before git did"),
        };

    /// <summary>Judges what a later bridge finds of a push that an earlier one sent.</summary>
    public static PublishOutcome OfLook(string branch, PublishRecords log, string sent) =>
        log is { Exit: { Code: 0, By: "agent" } } && log.Output == $"at {sent}"
            ? new(true, $"Pushed {branch} at {Short(sent)}.")
            : Unknown(branch, sent, "the bridge ended meanwhile, and the branch is not there now");

    /// <summary>It could not be tried.</summary>
    public static PublishOutcome Failed(string branch, string cause) =>
        new(false, $"The agent ended well, and pushing {branch} failed: {cause}.");

    /// <summary>Whether the server has it is not known. It is not tried again.</summary>
    public static PublishOutcome Unknown(string branch, string sent, string why) =>
        new(false, $"The agent ended well, and whether {branch} was pushed at {Short(sent)} is unknown: {why}.");

    private static string Short(string id) => id[..Math.Min(ShownId, id.Length)];

    private static string List(string lines) => string.Join(", ", lines.Split('\n'));
}
