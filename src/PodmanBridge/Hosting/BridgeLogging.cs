namespace Stromboli.PodmanBridge.Hosting;

/// <summary>Configures the bridge's log.</summary>
internal static class BridgeLogging
{
    /// <summary>
    /// Writes one line for each entry. The HTTP server's messages about connections are left out, because agents could fill the log with
    /// connections.
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
