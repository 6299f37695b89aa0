using System.CommandLine.Parsing;

namespace Stromboli.Telemetry.Logs;

/// <summary>Parses <c>--log-format</c>.</summary>
internal static class LogFormats
{
    /// <summary>The format that an argument names. Any other word adds a sentence to the result.</summary>
    public static LogFormat Parse(ArgumentResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        switch (result.Tokens.Single().Value)
        {
            case "text":
                return LogFormat.Text;
            case "json":
                return LogFormat.Json;
            case var other:
                result.AddError($"--log-format {other}: must be text or json.");
                return LogFormat.Text;
        }
    }
}
