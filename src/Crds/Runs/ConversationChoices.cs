namespace Stromboli.Crds.Runs;

/// <summary>The values of a run's conversation.</summary>
public static class ConversationChoices
{
    /// <summary>A new one, which becomes the session's.</summary>
    public const string New = "New";

    /// <summary>The session's, or the one that conversationID names.</summary>
    public const string Resume = "Resume";

    /// <summary>A copy, which does not become the session's.</summary>
    public const string Fork = "Fork";
}
