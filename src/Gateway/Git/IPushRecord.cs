using Stromboli.Gateway.Git.Protocol;

namespace Stromboli.Gateway.Git;

/// <summary>What a run pushed so far, kept where a later bridge finds it.</summary>
internal interface IPushRecord
{
    /// <summary>The commit that was cloned for the run; null if none was.</summary>
    string? Commit { get; }

    /// <summary>The branches that the run created, each with the commit at which the run left it.</summary>
    IReadOnlyDictionary<string, string> Created { get; }

    /// <summary>A push is about to go out. If this throws, it does not.</summary>
    /// <exception cref="IOException">It could not be stored.</exception>
    void Begin(IReadOnlyList<PushCommand> commands)
    {
        // What is sent by an agent counts only when the server has reported it.
    }

    /// <summary>Stores what a server reported as done, before the agent hears of it.</summary>
    /// <exception cref="IOException">It could not be stored.</exception>
    void Accept(IReadOnlyList<AcceptedPush> pushes);
}
