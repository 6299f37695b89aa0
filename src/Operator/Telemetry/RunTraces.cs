using System.Diagnostics;
using Stromboli.NodeLink.Messages;

namespace Stromboli.Operator.Telemetry;

/// <summary>
/// Activities of the source <c>Stromboli.Operator</c>, one for each message about an attempt. They cost nothing without a listener.
/// </summary>
internal static class RunTraces
{
    private static readonly ActivitySource Source = new("Stromboli.Operator");

    /// <summary>This state of an attempt was sent to its node.</summary>
    public static void Sent(string uid, DesiredState state)
    {
        if (Source.HasListeners())
        {
            Source.StartActivity($"send {state}", ActivityKind.Producer)?.SetTag("uid", uid).Dispose();
        }
    }

    /// <summary>A node reported this stage of an attempt.</summary>
    public static void Observed(string uid, AttemptStage stage)
    {
        if (Source.HasListeners())
        {
            Source.StartActivity($"observe {stage}", ActivityKind.Consumer)?.SetTag("uid", uid).Dispose();
        }
    }
}
