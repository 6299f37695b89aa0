using Stromboli.NodeLink.Messages;

namespace Stromboli.NodeLink.Tests;

/// <summary>Messages for tests.</summary>
internal static class Samples
{
    public static Hello Hello { get; } =
        new()
        {
            Schema = NodeLinkProtocol.Schema,
            Node = "node-1",
            SeenEpoch = 7,
            Facts = new NodeFacts
            {
                BridgeVersion = "0.1.0",
                EnforcedLimits = ["cpu"],
                Labels = new Dictionary<string, string> { ["disk"] = "fast" },
            },
        };

    public static AttemptObservation Running { get; } =
        new()
        {
            UID = "u-1",
            Attempt = 1,
            Stage = AttemptStage.Running,
            StartedAgoMs = 5,
        };

    public static Desired Stop(string uid) =>
        new()
        {
            Epoch = 1,
            Attempt = new DesiredAttempt
            {
                UID = uid,
                Attempt = 1,
                State = DesiredState.Stop,
                Cause = StopCause.Cancelled,
            },
        };

    /// <summary>A message of about this many bytes.</summary>
    public static TokenIssued OfSize(int bytes) => new() { Epoch = 1, Token = new string('x', bytes) };
}
