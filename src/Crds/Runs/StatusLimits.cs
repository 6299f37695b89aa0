namespace Stromboli.Crds.Runs;

/// <summary>
/// The bounds of status fields. Code that writes a status must shorten values to them, because the API server otherwise refuses the whole
/// write.
/// </summary>
public static class StatusLimits
{
    /// <summary>Characters of a message, in the status or in a condition.</summary>
    public const int Message = 4096;

    /// <summary>Characters of a reason.</summary>
    public const int Reason = 128;

    /// <summary>Conditions.</summary>
    public const int Conditions = 16;

    /// <summary>The number of attempts that are kept: the last ones.</summary>
    public const int Attempts = 10;

    /// <summary>The number of pushes that are kept: the last ones.</summary>
    public const int Pushes = 10;

    /// <summary>Lifecycle commands of all three lists.</summary>
    public const int Hooks = 3 * RunLimits.Hooks;

    /// <summary>Bytes of result text.</summary>
    public const int ResultBytes = 32768;

    /// <summary>Bytes of a structured result.</summary>
    public const int StructuredBytes = 16384;

    /// <summary>Nesting levels of a structured result.</summary>
    public const int StructuredDepth = 32;

    /// <summary>Characters of a short text: a signal, a version, an architecture, an amount.</summary>
    public const int Word = 256;

    /// <summary>Characters of a duration.</summary>
    public const int Duration = 64;

    /// <summary>The largest count: 2^53-1, the largest integer that every JSON parser reads exactly.</summary>
    public const long Count = 9007199254740991;

    /// <summary>Deliveries of webhooks: of each the start and one end.</summary>
    public const int Webhooks = 2 * RunLimits.Webhooks;

    /// <summary>Characters of the error of a delivery.</summary>
    public const int WebhookError = 512;

    /// <summary>Labels of a node.</summary>
    public const int Labels = 128;
}
