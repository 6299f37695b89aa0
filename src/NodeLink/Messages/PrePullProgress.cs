namespace Stromboli.NodeLink.Messages;

/// <summary>How far a node is with the images that are wanted on it.</summary>
public sealed record PrePullProgress
{
    /// <summary>What it goes by: the list of the last <see cref="WantedImages"/>.</summary>
    public required IReadOnlyList<string> Images { get; init; }

    /// <summary>How many of them are there.</summary>
    public required int Present { get; init; }

    /// <summary>The one that is being pulled, or is next.</summary>
    public string? Pulling { get; init; }

    /// <summary>Why one could not be pulled, as one sentence that names it; null if none failed.</summary>
    public string? Failure { get; init; }
}
