using Stromboli.Gateway.Git.Protocol;

namespace Stromboli.Gateway.Git;

/// <summary>What a run pushed so far, kept where a later bridge finds it.</summary>
internal interface IPushRecord
{
    /// <summary>The commit that was cloned for the run; null if none was.</summary>
    string? Commit { get; }

    /// <summary>The branches that the run created, each with the commit at which the run left it.</summary>
    IReadOnlyDictionary<string, string> Created { get; }

    /// <summary>Stores what a server reported as done, before the agent hears of it.</summary>
    /// <exception cref="IOException">It could not be stored.</exception>
    void Accept(IReadOnlyList<AcceptedPush> pushes);
}
