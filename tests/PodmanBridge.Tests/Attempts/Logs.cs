using Stromboli.NodeLink.Messages;
using Stromboli.PodmanBridge.Attempts;

namespace Stromboli.PodmanBridge.Tests.Attempts;

/// <summary>Reads logs of attempts as far as they are written.</summary>
internal static class Logs
{
    public static async Task<AttemptLog> ReadAsync(string path, AttemptSpec spec, CancellationToken cancellationToken)
    {
        var log = new AttemptLog(spec);
        await log.ReadOnAsync(path, cancellationToken);
        return log;
    }
}
