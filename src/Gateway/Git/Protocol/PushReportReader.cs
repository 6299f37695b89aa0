namespace Stromboli.Gateway.Git.Protocol;

/// <summary>
/// Reads a server's report of a push (gitprotocol-pack, report-status and report-status-v2) while it passes by, in whatever pieces it
/// arrives. It believes nothing beyond what the push asked for, and a report that is malformed or too long says nothing.
/// </summary>
internal sealed class PushReportReader
{
    private const int MostBytes = 1024 * 1024;
    private const int MostLines = 4000;
    private const byte ReportBand = 1;

    private readonly PktSplitter _outer;
    private readonly PktSplitter _report;
    private readonly List<Line> _lines = [];
    private readonly HashSet<string> _failed = new(StringComparer.Ordinal);
    private int _bytes;
    private bool _unpacked;
    private bool _complete;
    private bool _broken;

    /// <summary>A report of which nothing is known yet.</summary>
    /// <param name="hasSideBand">Whether the server splits its answer into bands.</param>
    public PushReportReader(bool hasSideBand)
    {
        _report = new PktSplitter(TakeLine);
        _outer = hasSideBand ? new PktSplitter(TakeBand) : _report;
    }

    /// <summary>Takes the next bytes of the answer.</summary>
    public void Feed(ReadOnlySpan<byte> bytes) => _outer.Feed(bytes);

    /// <summary>What the server says it did, in its order; empty if it does not say so in full.</summary>
    /// <param name="commands">What the push asked for.</param>
    public IReadOnlyList<AcceptedPush> Accepted(IReadOnlyList<PushCommand> commands)
    {
        if (!_unpacked || !_complete || _broken || _report.IsBroken || _outer.IsBroken)
        {
            return [];
        }

        List<AcceptedPush> accepted = [];
        foreach (var line in _lines.Where(line => !_failed.Contains(line.Ref)))
        {
            if (commands.FirstOrDefault(command => command.Ref == line.Ref) is not { } command)
            {
                continue;
            }

            var (old, @new) = (IdOr(line.Old, command.Old), IdOr(line.New, command.New));
            accepted.Add(
                new AcceptedPush(
                    BranchOf(line.Renamed ?? command.Ref),
                    @new,
                    GitText.IsZero(old) ? null : old,
                    IsAsAsked: line.Renamed is null && old == command.Old && @new == command.New
                )
            );
        }

        return accepted;

        static string IdOr(string? id, string otherwise) =>
            id is not null && GitText.IsId(id) && id.Length == otherwise.Length ? id : otherwise;
    }

    private static string BranchOf(string @ref) =>
        GitText.FromWire(@ref.StartsWith("refs/heads/", StringComparison.Ordinal) ? @ref["refs/heads/".Length..] : @ref);

    private void TakeBand(PktKind kind, ReadOnlySpan<byte> bytes)
    {
        if (kind == PktKind.Data && bytes is [ReportBand, .. var report])
        {
            _report.Feed(report);
        }
    }

    private void TakeLine(PktKind kind, ReadOnlySpan<byte> bytes)
    {
        _bytes += bytes.Length;
        if (_complete || _bytes > MostBytes || _lines.Count + _failed.Count >= MostLines)
        {
            _broken |= !_complete;
            return;
        }

        if (kind != PktKind.Data)
        {
            _complete = true;
            return;
        }

        var words = GitText.Of(GitText.Chomp(bytes)).Split(' ', 3);
        switch (words)
        {
            case ["unpack", "ok"]:
                _unpacked = true;
                break;
            case ["ok", var @ref, ..]:
                _lines.Add(new Line(@ref));
                break;
            case ["ng", var @ref, ..]:
                _failed.Add(@ref);
                break;
            case ["option", var option, var value] when _lines is [.., var last]:
                last.Set(option, value);
                break;
        }
    }

    private sealed class Line(string @ref)
    {
        public string Ref => @ref;

        public string? Renamed { get; private set; }

        public string? Old { get; private set; }

        public string? New { get; private set; }

        public void Set(string option, string value)
        {
            switch (option)
            {
                case "refname":
                    Renamed = value;
                    break;
                case "old-oid":
                    Old = value;
                    break;
                case "new-oid":
                    New = value;
                    break;
            }
        }
    }
}

/// <summary>A push of one branch that a server reported as done.</summary>
/// <param name="Branch">The branch, or the whole ref if it is not one.</param>
/// <param name="Commit">Its new object.</param>
/// <param name="Previous">Its former object; null for a new branch.</param>
/// <param name="IsAsAsked">Whether the server did what the push asked for, and not something else in its place.</param>
internal sealed record AcceptedPush(string Branch, string Commit, string? Previous, bool IsAsAsked);
