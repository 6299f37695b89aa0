namespace Stromboli.Crds.Runs;

/// <summary>The bounds of status fields. Who writes a status cuts to them: the API server refuses the whole write otherwise.</summary>
public static class StatusLimits
{
    /// <summary>Characters of a message, of status and of a condition.</summary>
    public const int Message = 4096;

    /// <summary>Characters of a reason.</summary>
    public const int Reason = 128;

    /// <summary>Conditions.</summary>
    public const int Conditions = 16;

    /// <summary>Attempts kept: the last ones.</summary>
    public const int Attempts = 10;

    /// <summary>Hooks: those of all three lists.</summary>
    public const int Hooks = 3 * RunLimits.Hooks;

    /// <summary>Bytes of result text.</summary>
    public const int ResultBytes = 32768;

    /// <summary>Bytes of a structured result.</summary>
    public const int StructuredBytes = 16384;

    /// <summary>Nesting of a structured result.</summary>
    public const int StructuredDepth = 32;

    /// <summary>Characters of a short word: a signal, a version, an architecture, an amount.</summary>
    public const int Word = 256;

    /// <summary>Characters of a duration.</summary>
    public const int Duration = 64;

    /// <summary>Largest count: 2^53-1, which JSON numbers hold exactly everywhere.</summary>
    public const long Count = 9007199254740991;

    /// <summary>Labels of a node.</summary>
    public const int Labels = 128;
}
