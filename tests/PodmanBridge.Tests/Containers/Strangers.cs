using System.Globalization;
using Stromboli.Testbed.Processes;

namespace Stromboli.PodmanBridge.Tests.Containers;

/// <summary>Another process that connects to a unix socket.</summary>
internal static class Strangers
{
    public const string Program = """
        use IO::Socket::UNIX;
        my @heard;
        for (1 .. $ARGV[1]) {
            my $socket = IO::Socket::UNIX->new(Peer => $ARGV[0]) or die "connect: $!";
            push @heard, sysread($socket, my $byte, 1) ? "heard" : "closed";
        }
        print "@heard";
        """;

    /// <summary>
    /// Connects several times, one after the other. Returns for each connection whether it was closed or received something.
    /// </summary>
    public static async Task<string> CallAsync(string path, int calls)
    {
        Assert.SkipUnless(Command.Exists("perl"), "perl is missing");
        var result = await Command.RunAsync("perl", ["-e", Program, path, calls.ToString(CultureInfo.InvariantCulture)]);
        return result.OrThrow("perl").Output.TrimEnd();
    }
}
