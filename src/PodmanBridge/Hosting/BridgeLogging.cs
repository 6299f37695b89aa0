namespace Stromboli.PodmanBridge.Hosting;

/// <summary>What the bridge logs, and how.</summary>
internal static class BridgeLogging
{
    /// <summary>
    /// One line an entry. The HTTP server's own word on connections is left out: agents make as many of those as they like, and each would
    /// be a line.
    /// </summary>
    public static void Configure(ILoggingBuilder logging) =>
        logging
            .AddFilter("Microsoft.AspNetCore", LogLevel.Warning)
            .AddSimpleConsole(console =>
            {
                console.SingleLine = true;
                console.UseUtcTimestamp = true;
                console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
            });
}
