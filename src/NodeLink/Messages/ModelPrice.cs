namespace Stromboli.NodeLink.Messages;

/// <summary>What a model costs, in US dollars for a million tokens.</summary>
public sealed record ModelPrice
{
    /// <summary>
    /// The model's name, which counts for its snapshots too; or a beginning that ends with <c>*</c>, of which the longest that fits counts.
    /// </summary>
    public required string Model { get; init; }

    /// <summary>Input that no cache answers and none takes.</summary>
    public required decimal Input { get; init; }

    /// <summary>Output, with what the model thinks.</summary>
    public required decimal Output { get; init; }

    /// <summary>Input read from a prompt cache.</summary>
    public required decimal CacheRead { get; init; }

    /// <summary>Input written to a prompt cache that lives five minutes.</summary>
    public required decimal CacheWrite { get; init; }

    /// <summary>Input written to a prompt cache that lives an hour.</summary>
    public required decimal CacheWriteHour { get; init; }
}
