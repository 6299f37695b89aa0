namespace Stromboli.Operator.Hosting;

/// <summary>What the process ends with.</summary>
internal sealed class ExitCode
{
    /// <summary>It led, and leads no more: whoever supervises it should start it again.</summary>
    public const int LeadLost = 3;

    /// <summary>A part of it failed for good.</summary>
    public const int Fault = 4;

    /// <summary>The code; 0 unless something said otherwise.</summary>
    public int Code { get; set; }
}
