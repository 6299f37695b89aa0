using Microsoft.Extensions.Logging.Console;
using Stromboli.Telemetry.Logs;

namespace Stromboli.PodmanBridge.Hosting;

/// <summary>Configures the bridge's log.</summary>
internal static class BridgeLogging
{
    /// <summary>
    /// Writes one line for each entry. The HTTP server's messages about connections are left out, because agents could fill the log with
    /// connections.
    /// </summary>
    public static void Configure(ILoggingBuilder logging, LogFormat format)
    {
        logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        if (format == LogFormat.Json)
        {
            logging.AddConsole(console => console.FormatterName = JsonLineFormatter.FormatterName);
            logging.Services.AddSingleton<ConsoleFormatter, JsonLineFormatter>();
            return;
        }

        logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
        });
    }
}
