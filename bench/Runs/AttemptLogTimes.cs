using System.Globalization;

namespace Stromboli.Bench.Runs;

/// <summary>
/// The times of events in a container, from conmon's log of it (driver k8s-file, times in nanoseconds of this machine's clock): the shim's
/// own records and the agent's first output.
/// </summary>
/// <param name="Started">The shim's record that the agent's process runs.</param>
/// <param name="FirstOutput">The first output of the agent.</param>
/// <param name="Exited">The shim's record of the agent's end.</param>
internal sealed record AttemptLogTimes(DateTimeOffset? Started, DateTimeOffset? FirstOutput, DateTimeOffset? Exited)
{
    /// <summary>Reads a log as far as it has been written.</summary>
    public static AttemptLogTimes Read(string path)
    {
        var times = new AttemptLogTimes(null, null, null);
        if (!File.Exists(path))
        {
            return times;
        }

        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        while (reader.ReadLine() is { } line)
        {
            // TIME STREAM F CONTENT. The first letter of the content tells a record of the shim from the agent's output.
            if (
                line.Split(' ', 4) is not [var at, "stdout", _, { Length: > 0 } content]
                || !DateTimeOffset.TryParse(at, CultureInfo.InvariantCulture, out var time)
            )
            {
                continue;
            }

            times = content switch
            {
                ['r', ..] when content.Contains("\"started\"", StringComparison.Ordinal) => times with { Started = time },
                ['r', ..] when content.Contains("\"exited\"", StringComparison.Ordinal) => times with { Exited = time },
                ['o' or 'O', ..] => times with { FirstOutput = times.FirstOutput ?? time },
                _ => times,
            };
        }

        return times;
    }
}
