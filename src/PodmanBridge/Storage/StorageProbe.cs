namespace Stromboli.PodmanBridge.Storage;

/// <summary>
/// Tries whether what runs have on the disk can be measured here, on a process of the engine itself: whoever may enter its user namespace
/// may enter those of its containers. What keeps one out is no part of the engine's own account: a seccomp profile, another PID namespace,
/// a program that does not start.
/// </summary>
internal sealed partial class StorageProbe(Measurer measurer, ILogger<StorageProbe> logger)
{
    private bool? _could;

    /// <summary>Whether it can; the log says why not, once.</summary>
    public async Task<bool> CanMeasureAsync(CancellationToken cancellationToken)
    {
        string? problem = null;
        try
        {
            // Where the bridge is in the engine's user namespace itself, nothing is to be entered.
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
        [LoggerMessage(
            LogLevel.Warning,
            "What runs have on the disk cannot be measured, so the node takes none with a limit of it: {Problem}"
        )]
        public static partial void Cannot(ILogger logger, string problem);

        [LoggerMessage(LogLevel.Information, "What runs have on the disk can be measured again")]
        public static partial void Can(ILogger logger);
    }
}
