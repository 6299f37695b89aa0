namespace Stromboli.Gateway.Git.Protocol;

/// <summary>
/// A refusal in git's own words: a report as a server's hook would cause it. git prints <c>! [remote rejected] main (REASON)</c>. Pure.
/// </summary>
internal static class PushRefusal
{
    private const int LongestBand = Pkt.Longest - Pkt.Head - 1;

    /// <summary>The body of the answer.</summary>
    /// <param name="head">The push.</param>
    /// <param name="reasons">Why each command is refused, in their order, one line each.</param>
    public static byte[] Write(PushHead head, IReadOnlyList<string> reasons)
    {
        using var report = new MemoryStream();
        Pkt.Write(report, "unpack ok\n");
        for (var i = 0; i < reasons.Count; i++)
        {
            Pkt.Write(report, $"ng {head.Commands[i].Ref} {reasons[i]}\n");
        }

        report.Write(Pkt.FlushBytes);
        return head.HasSideBand ? InBands(report.ToArray()) : report.ToArray();
    }

    private static byte[] InBands(byte[] report)
    {
        using var bands = new MemoryStream();
        for (var at = 0; at < report.Length; at += LongestBand)
        {
            Pkt.Write(bands, [1, .. report.AsSpan(at, Math.Min(LongestBand, report.Length - at))]);
        }

        bands.Write(Pkt.FlushBytes);
        return bands.ToArray();
    }
}
