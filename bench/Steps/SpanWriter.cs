using System.Diagnostics;
using System.Text.Json;

namespace Stromboli.Bench.Steps;

/// <summary>Writes the activities of its process to a file, one JSON line each.</summary>
internal static class SpanWriter
{
    /// <summary>The environment variable that names the file.</summary>
    public const string FileVariable = "STROMBOLI_BENCH_SPANS";

    /// <summary>The environment variable with the name of the process in the lines.</summary>
    public const string ProcessVariable = "STROMBOLI_BENCH_PROCESS";

    /// <summary>Starts writing, until the process ends.</summary>
    public static void Start()
    {
        if (Environment.GetEnvironmentVariable(FileVariable) is not { Length: > 0 } path)
        {
            return;
        }

        var process = Environment.GetEnvironmentVariable(ProcessVariable) ?? "";
        var file = new StreamWriter(path, append: true) { AutoFlush = true };
        var gate = new Lock();
        ActivitySource.AddActivityListener(
            new ActivityListener
            {
                ShouldListenTo = source => source.Name.StartsWith("Stromboli.", StringComparison.Ordinal),
                Sample = (ref _) => ActivitySamplingResult.AllData,
                ActivityStopped = activity =>
                {
                    var line = JsonSerializer.Serialize(new Span(process, activity.DisplayName, activity.StartTimeUtc, activity.Duration));
                    lock (gate)
                    {
                        file.WriteLine(line);
                    }
                },
            }
        );
    }
}
