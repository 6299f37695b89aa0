namespace Stromboli.Telemetry.Logs;

/// <summary>How log records are written.</summary>
internal enum LogFormat
{
    /// <summary>A line for people.</summary>
    Text,

    /// <summary>A JSON object on each line.</summary>
    Json,
}
