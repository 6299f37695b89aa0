namespace Stromboli.Gateway.Git.Protocol;

/// <summary>
/// The beginning of a push request, up to the pack: what git's receive-pack calls the head (builtin/receive-pack.c, read_head_info). It is
/// parsed more strictly than there, and <see cref="Write"/> makes new bytes of it, so that the server sees exactly what was understood
/// here.
/// </summary>
internal sealed record PushHead
{
    private const int MostBytes = 1024 * 1024;
    private const int MostCommands = 1000;
    private const int MostShallow = 10_000;

    private const string ShallowPrefix = "shallow ";
    private const string ObjectFormat = "object-format=";
    private const string Agent = "agent=";
    private const string SideBand = "side-band-64k";
    private const string Report = "report-status";
    private const string ReportV2 = "report-status-v2";

    // What reaches the server, in this order. The others are not needed (delete-refs, session-id) or not allowed.
    private static readonly string[] Forwarded = [Report, ReportV2, SideBand, "quiet", "atomic"];

    /// <summary>The commits at which the client's history ends.</summary>
    public required IReadOnlyList<string> Shallow { get; init; }

    /// <summary>What the client wants done.</summary>
    public required IReadOnlyList<PushCommand> Commands { get; init; }

    /// <summary>The capabilities that the client chose, on whatever line it did.</summary>
    public required IReadOnlySet<string> Capabilities { get; init; }

    /// <summary>Whether the answer is split into bands.</summary>
    public bool HasSideBand => Capabilities.Contains(SideBand);

    /// <summary>Whether the client reads a report.</summary>
    public bool HasReport => Capabilities.Contains(Report) || Capabilities.Contains(ReportV2);

    /// <summary>Reads the head of a push. The reader stands behind its last packet then.</summary>
    /// <exception cref="PktException">It is not one.</exception>
    public static async Task<PushHead> ReadAsync(PktReader reader, CancellationToken cancellationToken)
    {
        var parser = new Parser();
        while (true)
        {
            var packet = await reader.ReadAsync(cancellationToken);
            switch (packet.Kind)
            {
                case PktKind.Data:
                    parser.Take(packet.Bytes.Span);
                    break;
                case PktKind.Flush:
                    return parser.Head();
                // receive-pack ends the list at these, too. git never sends them here.
                case PktKind.Delimiter or PktKind.ResponseEnd:
                    throw new PktException("the list of commands does not end with 0000");
                default:
                    throw new PktException("it ends before its commands do");
            }
        }
    }

    /// <summary>The bytes that a server gets.</summary>
    public byte[] Write()
    {
        using var bytes = new MemoryStream();
        foreach (var id in Shallow)
        {
            Pkt.Write(bytes, ShallowPrefix + id);
        }

        for (var i = 0; i < Commands.Count; i++)
        {
            var (old, @new, @ref) = Commands[i];
            Pkt.Write(bytes, $"{old} {@new} {@ref}{(i == 0 ? "\0 " + string.Join(' ', Chosen()) : "")}");
        }

        bytes.Write(Pkt.FlushBytes);
        return bytes.ToArray();
    }

    private IEnumerable<string> Chosen() =>
        [
            .. Forwarded.Where(Capabilities.Contains),
            .. Capabilities.Where(c => c.StartsWith(ObjectFormat, StringComparison.Ordinal)),
            .. Capabilities.Any(c => c.StartsWith(Agent, StringComparison.Ordinal)) ? [Agent + "git/stromboli"] : Array.Empty<string>(),
        ];

    private sealed class Parser
    {
        private readonly List<string> _shallow = [];
        private readonly List<PushCommand> _commands = [];
        private readonly HashSet<string> _capabilities = new(StringComparer.Ordinal);
        private int _bytes;

        public void Take(ReadOnlySpan<byte> packet)
        {
            _bytes += packet.Length;
            if (_bytes > MostBytes || _commands.Count >= MostCommands || _shallow.Count >= MostShallow)
            {
                throw new PktException("it has too many commands");
            }

            var nul = packet.IndexOf((byte)0);
            var line = GitText.Of(nul < 0 ? GitText.Chomp(packet) : packet[..nul]);
            if (line.StartsWith(ShallowPrefix, StringComparison.Ordinal) && nul < 0)
            {
                _shallow.Add(Id(line[ShallowPrefix.Length..]));
                return;
            }

            if (nul >= 0)
            {
                Choose(GitText.Of(GitText.Chomp(packet[(nul + 1)..])));
            }

            _commands.Add(Command(line));
        }

        public PushHead Head()
        {
            var formats = _capabilities.Where(c => c.StartsWith(ObjectFormat, StringComparison.Ordinal)).ToList();
            var digits = GitText.IdLength(formats.Count == 0 ? "sha1" : formats[0][ObjectFormat.Length..]);
            if (
                formats.Count > 1
                || digits == 0
                || _shallow.Exists(id => id.Length != digits)
                || _commands.Exists(command => command.Old.Length != digits || command.New.Length != digits)
            )
            {
                // Without a command there is no capability either, and nothing goes to a server.
                if (_commands.Count > 0)
                {
                    throw new PktException("its object IDs are not of its object format");
                }
            }

            return new PushHead
            {
                Shallow = _shallow,
                Commands = _commands,
                Capabilities = _capabilities,
            };
        }

        private void Choose(string capabilities)
        {
            foreach (var capability in capabilities.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                if (capability.Any(static c => c is <= ' ' or >= '\x7f'))
                {
                    throw new PktException("a capability is not plain text");
                }

                if (capability == "push-options" || capability.StartsWith("push-cert", StringComparison.Ordinal))
                {
                    throw new PktException("push options and signed pushes are not allowed");
                }

                _capabilities.Add(capability);
            }
        }

        private static PushCommand Command(string line)
        {
            // The name may contain spaces here; no rule allows such a ref.
            if (line.Split(' ', 3) is not [var old, var @new, { Length: > 0 } @ref])
            {
                throw new PktException("a line is not a command");
            }

            return new PushCommand(Id(old), Id(@new), @ref);
        }

        private static string Id(string text) => GitText.IsId(text) ? text : throw new PktException("a line has no object ID");
    }
}

/// <summary>One command of a push.</summary>
/// <param name="Old">The object that the client takes the ref to have; zero for a ref that does not exist.</param>
/// <param name="New">The object that it is to have; zero to delete it.</param>
/// <param name="Ref">The whole name of the ref.</param>
internal sealed record PushCommand(string Old, string New, string Ref);
