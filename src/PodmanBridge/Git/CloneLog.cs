namespace Stromboli.PodmanBridge.Git;

/// <summary>
/// Puts what git said into the run's log, as lines of its standard error (docs/design/shim-protocol.md), ahead of the agent's. The shim's records of the clone's
/// container stay out: in the run's log they would be the agent's.
/// </summary>
internal static class CloneLog
{
    private const string Stdout = " stdout ";

    /// <summary>Appends the lines of the clone's log. The engine's own writer appends too, so that neither overwrites the other.</summary>
    /// <param name="from">The log of the clone's container, which is bounded by its shim.</param>
    /// <param name="to">The log of the agent's container.</param>
    /// <exception cref="IOException">One of them cannot be used.</exception>
    public static void Append(string from, string to)
    {
        if (!File.Exists(from))
            return;
        using var log = new FileStream(to, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        using var writer = new StreamWriter(log) { NewLine = "\n" };
        // conmon cuts a long line into P pieces that an F ends; only the first has the kind.
        var (kind, begins) = (' ', true);
        foreach (var line in File.ReadLines(from))
        {
            var at = line.IndexOf(Stdout, StringComparison.Ordinal);
            if (at < 0 || line.Length < at + Stdout.Length + 2)
                continue;
            var content = at + Stdout.Length + 2;
            if (begins)
                kind = line.Length > content ? line[content] : ' ';
            begins = line[at + Stdout.Length] == 'F';
            if (kind is 'e' or 'E')
                writer.WriteLine(line);
        }
    }
}
