using System.Text;
using Stromboli.Gateway.Git.Protocol;
using static Stromboli.Gateway.Tests.Git.Pushes.Packets;

namespace Stromboli.Gateway.Tests.Git.Pushes;

public sealed class PushHeadTests
{
    private const string Long = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

    [Fact]
    public async Task Head_OfGit_IsForwardedWithTheCapabilitiesThatARunMayUse()
    {
        var head = await ParseAsync(
            Bytes(
                $"<shallow {Two}><{Zero} {One} refs/heads/a\0 report-status-v2 side-band-64k quiet atomic delete-refs object-format=sha1 session-id=1 agent=git/2.47.3><{One} {Two} refs/heads/PACK\n>0000PACK"
            )
        );

        Assert.Equal([new PushCommand(Zero, One, "refs/heads/a"), new PushCommand(One, Two, "refs/heads/PACK")], head.Commands);
        Assert.Equal(
            Bytes(
                $"<shallow {Two}><{Zero} {One} refs/heads/a\0 report-status-v2 side-band-64k quiet atomic object-format=sha1 agent=git/stromboli><{One} {Two} refs/heads/PACK>0000"
            ),
            head.Write()
        );
    }

    [Theory]
    [InlineData("a later line", $"<{Zero} {One} refs/heads/a><{Zero} {One} refs/heads/b\0 report-status push-options>0000")]
    [InlineData("push options", $"<{Zero} {One} refs/heads/a\0 report-status push-options>0000<ci.skip>0000")]
    [InlineData("push certificate", "<push-cert\0 report-status><certificate version 0.1\n><push-cert-end\n>0000")]
    [InlineData("nonce", $"<{Zero} {One} refs/heads/a\0 push-cert=1>0000")]
    [InlineData("delimiter", $"<{Zero} {One} refs/heads/a\0 report-status>0001<{Zero} {One} refs/heads/main>0000")]
    [InlineData("response end", $"<{Zero} {One} refs/heads/a\0 report-status>0002<{Zero} {One} refs/heads/main>0000")]
    [InlineData("impossible length", $"<{Zero} {One} refs/heads/a\0 report-status>0003")]
    [InlineData("no length", $"<{Zero} {One} refs/heads/a\0 report-status>zzzz")]
    [InlineData("negative length", "-001")]
    [InlineData("no end", $"<{Zero} {One} refs/heads/a\0 report-status>")]
    [InlineData("cut short", "00ff123")]
    [InlineData("empty", "")]
    [InlineData("empty packet", "<>0000")]
    [InlineData("no ref", $"<{Zero} {One} \0 report-status>0000")]
    [InlineData("one ID", $"<{Zero} refs/heads/a\0 report-status>0000")]
    [InlineData("tab", $"<{Zero}\t{One}\trefs/heads/a>0000")]
    [InlineData("upper case", $"<{Zero} AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA refs/heads/a>0000")]
    [InlineData("sha256 without saying so", $"<{Long} {Long} refs/heads/a\0 report-status>0000")]
    [InlineData("sha1 in place of sha256", $"<{Zero} {One} refs/heads/a\0 report-status object-format=sha256>0000")]
    [InlineData("two formats", $"<{Zero} {One} refs/heads/a\0 object-format=sha1 object-format=sha256>0000")]
    [InlineData("shallow of another format", $"<shallow {Long}><{Zero} {One} refs/heads/a\0 report-status>0000")]
    [InlineData("shallow without ID", $"<shallow main><{Zero} {One} refs/heads/a\0 report-status>0000")]
    [InlineData("shallow with capabilities", $"<shallow {One}\0 push-options>0000")]
    [InlineData("second NUL", $"<{Zero} {One} refs/heads/a\0 report-status\0push-options>0000")]
    public async Task Head_OfAnotherShape_IsRefused(string why, string packets)
    {
        Assert.NotEmpty(why);
        await Assert.ThrowsAsync<PktException>(() => ParseAsync(Bytes(packets)));
    }

    [Fact]
    public async Task Head_WithSha256_IsForwarded()
    {
        var head = await ParseAsync(Bytes($"<{Long} {Long} refs/heads/a\0 report-status object-format=sha256>0000"));

        Assert.Equal(Bytes($"<{Long} {Long} refs/heads/a\0 report-status object-format=sha256>0000"), head.Write());
    }

    [Theory]
    [InlineData("0000")]
    [InlineData($"<shallow {One}>0000")]
    public async Task Head_WithoutCommands_IsAProbe(string packets) => Assert.Empty((await ParseAsync(Bytes(packets))).Commands);

    [Fact]
    public async Task Head_WithoutBound_IsRefused()
    {
        var endless = string.Concat(Enumerable.Range(0, 2000).Select(i => $"<{Zero} {One} refs/heads/{i}>")) + "0000";

        await Assert.ThrowsAsync<PktException>(() => ParseAsync(Bytes(endless)));
    }

    // Whatever arrives, a server that reads as git's receive-pack does sees only commands that were understood here and allowed.
    [Fact]
    public async Task Head_OfAnyBytes_ShowsTheServerOnlyAllowedCommands()
    {
        var random = new Random(7);
        var rules = new PushRules(["stromboli/*"], Force: true);
        string[] pieces =
        [
            "0000",
            "0001",
            "0002",
            "0004",
            $"<{Zero} {One} refs/heads/stromboli/a\0 report-status>",
            $"<{Zero} {One} refs/heads/stromboli/b>",
            $"<{Zero} {One} refs/heads/main>",
            $"<{One} {Zero} refs/heads/stromboli/a>",
            $"<{Zero} {One} refs/heads/stromboli/a\0 push-options\n>",
            $"<{Zero} {One} refs/heads/stromboli/../main>",
            $"<{Zero} {One} refs/tags/v1\n>",
            $"<shallow {One}>",
            "<push-cert\0 report-status>",
            "PACK",
        ];
        var passed = 0;
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = Bytes(
                string.Concat(Enumerable.Range(0, random.Next(1, 5)).Select(_ => pieces[random.Next(pieces.Length)])) + "0000"
            );
            for (var changes = random.Next(3); changes > 0; changes--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            PushHead head;
            try
            {
                head = await ParseAsync(bytes);
            }
            catch (PktException)
            {
                continue;
            }

            if (head.Commands.Count == 0 || rules.Refuse(head.Commands, new Dictionary<string, string>()) is not null)
            {
                continue;
            }

            passed++;
            Assert.All(
                AsReceivePackReads(head.Write()),
                command =>
                    Assert.Matches("^[0-9a-f]{40} [0-9a-f]*[1-9a-f][0-9a-f]* refs/heads/stromboli/[^\\x00-\\x20~^:?*\\[\\\\]+$", command)
            );
        }

        Assert.InRange(passed, 100, 20_000);
    }

    // builtin/receive-pack.c, read_head_info and queue_command: any special packet ends the list, a name ends at NUL or newline.
    private static IEnumerable<string> AsReceivePackReads(byte[] bytes)
    {
        for (var at = 0; at + 4 <= bytes.Length; )
        {
            var length = Convert.ToInt32(Encoding.ASCII.GetString(bytes, at, 4), 16);
            if (length < 4)
            {
                yield break;
            }

            var line = Encoding.Latin1.GetString(bytes, at + 4, length - 4).TrimEnd('\n');
            at += length;
            if (!line.StartsWith("shallow ", StringComparison.Ordinal))
            {
                yield return line.Split('\0')[0];
            }
        }
    }
}
