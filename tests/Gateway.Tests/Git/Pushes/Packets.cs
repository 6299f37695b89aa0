using System.Text;
using Stromboli.Gateway.Git;
using Stromboli.Gateway.Git.Protocol;

namespace Stromboli.Gateway.Tests.Git.Pushes;

/// <summary>Packets as tests write them.</summary>
internal static class Packets
{
    public const string Zero = "0000000000000000000000000000000000000000";
    public const string One = "1111111111111111111111111111111111111111";
    public const string Two = "2222222222222222222222222222222222222222";
    public const string Capabilities = " report-status-v2 side-band-64k object-format=sha1 agent=git/2.47.3";

    /// <summary>The bytes of a text in which <c>&lt;…&gt;</c> is a packet and <c>\0</c> a zero byte.</summary>
    public static byte[] Bytes(string text)
    {
        using var bytes = new MemoryStream();
        while (text.Length > 0)
        {
            if (text[0] == '<')
            {
                var end = text.IndexOf('>', StringComparison.Ordinal);
                Pkt.Write(bytes, text[1..end]);
                text = text[(end + 1)..];
            }
            else
            {
                var end = text.IndexOf('<', StringComparison.Ordinal) is var next and >= 0 ? next : text.Length;
                bytes.Write(Encoding.Latin1.GetBytes(text[..end]));
                text = text[end..];
            }
        }

        return bytes.ToArray();
    }

    /// <summary>A push of one new branch, with something in place of a pack.</summary>
    public static byte[] Push(string branch = "stromboli/x", string old = Zero, string pack = "PACK") =>
        Bytes($"<{old} {One} refs/heads/{branch}\0{Capabilities}>0000{pack}");

    /// <summary>A report in one band.</summary>
    public static byte[] InBand(byte[] report)
    {
        using var bytes = new MemoryStream();
        Pkt.Write(bytes, [1, .. report]);
        bytes.Write(Pkt.FlushBytes);
        return bytes.ToArray();
    }

    public static Task<PushHead> ParseAsync(byte[] bytes) =>
        PushHead.ReadAsync(new PktReader(new MemoryStream(bytes)), CancellationToken.None);
}

/// <summary>A record in memory.</summary>
internal sealed class MemoryRecord : IPushRecord
{
    public string? Commit { get; set; }

    public Dictionary<string, string> Created { get; } = [];

    public List<AcceptedPush> Accepted { get; } = [];

    IReadOnlyDictionary<string, string> IPushRecord.Created => Created;

    public void Accept(IReadOnlyList<AcceptedPush> pushes) => Accepted.AddRange(pushes);
}
