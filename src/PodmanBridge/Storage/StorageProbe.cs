namespace Stromboli.PodmanBridge.Storage;

/// <summary>
/// Checks on a process of the engine whether runs can be measured on this node: a process that may enter the engine's user namespace may
/// enter those of its containers. The engine's own information does not tell what may prevent it, such as a seccomp profile, another PID
/// namespace or a program that does not start.
/// </summary>
internal sealed partial class StorageProbe(Measurer measurer, ILogger<StorageProbe> logger)
{
    private bool? _could;

    /// <summary>Whether runs can be measured. The log says once why not.</summary>
    public async Task<bool> CanMeasureAsync(CancellationToken cancellationToken)
    {
        string? problem = null;
        try
        {
            // If the bridge itself is in the engine's user namespace, there is nothing to enter.
            await measurer.TryAsync(EngineProcess.Find() ?? Environment.ProcessId, cancellationToken);
        }
        catch (IOException e)
        {
            problem = e.Message;
        }

        if (problem is null && _could == false)
        {
            Log.Can(logger);
        }
        else if (problem is not null && _could != false)
        {
            Log.Cannot(logger, problem);
        }

        _could = problem is null;
        return problem is null;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "The disk use of runs cannot be measured, so the node takes no runs with a disk limit: {Problem}")]
        public static partial void Cannot(ILogger logger, string problem);

        [LoggerMessage(LogLevel.Information, "The disk use of runs can be measured again")]
        public static partial void Can(ILogger logger);
    }
}
