namespace Stromboli.Gateway.Git.Protocol;

/// <summary>
/// What a server offers to a push: its refs, which pass as they are, and its capabilities, of which only those pass that a run may use.
/// Signed pushes and push options are not among them: an option can make a repository public or merge a branch.
/// </summary>
internal static class PushAdvertisement
{
    private const int Piece = 32 * 1024;
    private const string Service = "# service=git-receive-pack";
    private const string NoRefs = "capabilities^{}";

    // Deletions are refused here. A git that is not offered them (seen in 2.47) prints "Everything up-to-date" in place of an error.
    private const string DeleteRefs = "delete-refs";

    private static readonly string[] Allowed =
    [
        "report-status",
        "report-status-v2",
        "side-band-64k",
        "quiet",
        "atomic",
        "ofs-delta",
        "no-thin",
    ];

    /// <summary>Passes an advertisement on.</summary>
    /// <param name="reader">What the server sends.</param>
    /// <param name="write">Takes the bytes for git.</param>
    /// <param name="have">
    /// A commit that the server has although no ref may lead to it any more, and that git need not send; null for none. Without it a clone
    /// without history sends whole trees once the branch that it was cloned from has moved on.
    /// </param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="PktException">It is not an advertisement.</exception>
    public static async Task PassAsync(
        PktReader reader,
        Func<ReadOnlyMemory<byte>, Task> write,
        string? have,
        CancellationToken cancellationToken
    )
    {
        using var piece = new MemoryStream();
        if (
            await reader.ReadAsync(cancellationToken) is not { Kind: PktKind.Data } service
            || GitText.Of(GitText.Chomp(service.Bytes.Span)) != Service
            || await reader.ReadAsync(cancellationToken) is not { Kind: PktKind.Flush }
        )
        {
            throw new PktException("it does not begin with its service");
        }

        Pkt.Write(piece, Service + "\n");
        piece.Write(Pkt.FlushBytes);
        var isFirst = true;
        Pkt packet;
        while ((packet = await reader.ReadAsync(cancellationToken)).Kind == PktKind.Data)
        {
            if (isFirst)
            {
                WriteFirst(piece, GitText.Of(GitText.Chomp(packet.Bytes.Span)), have);
                isFirst = false;
            }
            else
            {
                Pkt.Write(piece, packet.Bytes.Span);
            }

            if (piece.Length > Piece)
            {
                await write(piece.ToArray());
                piece.SetLength(0);
            }
        }

        if (isFirst || packet.Kind != PktKind.Flush)
        {
            throw new PktException("it does not end with 0000");
        }

        piece.Write(Pkt.FlushBytes);
        await write(piece.ToArray());
    }

    /// <summary>An advertisement that makes git print a sentence and give up.</summary>
    public static byte[] Error(string message)
    {
        using var bytes = new MemoryStream();
        Pkt.Write(bytes, Service + "\n");
        bytes.Write(Pkt.FlushBytes);
        Pkt.Write(bytes, GitText.ToWire($"ERR stromboli: {message}"));
        bytes.Write(Pkt.FlushBytes);
        return bytes.ToArray();
    }

    private static void WriteFirst(MemoryStream to, string line, string? have)
    {
        if (line.Split('\0') is not [var first, var capabilities] || first.Split(' ', 2) is not [var id, var name] || !GitText.IsId(id))
        {
            throw new PktException("its first line is not a ref with capabilities");
        }

        var chosen = capabilities
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Where(c => Allowed.Contains(c, StringComparer.Ordinal) || IsValue(c, "object-format=") || IsValue(c, "agent="))
            .Append(DeleteRefs);
        Pkt.Write(to, $"{first}\0{string.Join(' ', chosen)}\n");
        if (have is not null && have.Length == id.Length && name != NoRefs)
        {
            Pkt.Write(to, $"{have} .have\n");
        }
    }

    private static bool IsValue(string capability, string name) => capability.StartsWith(name, StringComparison.Ordinal);
}
