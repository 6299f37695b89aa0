using System.Globalization;
using Stromboli.Testbed.Processes;

namespace Stromboli.PodmanBridge.Tests.Containers;

/// <summary>Another process that calls at a unix socket.</summary>
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

    /// <summary>Calls one after the other, and says of each whether it was closed or heard something.</summary>
    public static async Task<string> CallAsync(string path, int calls)
    {
        Assert.SkipUnless(Command.Exists("perl"), "perl is missing");
        var result = await Command.RunAsync("perl", ["-e", Program, path, calls.ToString(CultureInfo.InvariantCulture)]);
        return result.OrThrow("perl").Output.TrimEnd();
    }
}
