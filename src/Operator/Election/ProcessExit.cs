namespace Stromboli.Operator.Election;

/// <summary>The exit code of the process.</summary>
internal sealed class ProcessExit
{
    /// <summary>The process no longer leads. Its supervisor should start it again.</summary>
    public const int LeadershipLost = 3;

    /// <summary>A part of the process has failed.</summary>
    public const int Fault = 4;

    /// <summary>The code; 0 unless it is set.</summary>
    public int Code { get; set; }
}
