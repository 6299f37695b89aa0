using System.Globalization;
using System.Text;
using Stromboli.Kubernetes;

namespace Stromboli.Cli.Streams;

/// <summary>The paths of the aggregated API <c>streams.stromboli.dev</c>.</summary>
internal static class StreamPaths
{
    private const string Root = "/apis/streams.stromboli.dev/v1alpha1/namespaces";

    /// <summary>The log of a run.</summary>
    public static string Log(NamespacedName run, LogRequest request) =>
        Query(
            Of(run, "agentruns", "log"),
            ("follow", request.Follow ? "true" : null),
            ("format", request.Format),
            ("attempt", Number(request.Attempt)),
            ("tailLines", Number(request.TailLines)),
            ("sinceSeconds", Number(request.SinceSeconds)),
            ("offset", request.Offset > 0 ? Number(request.Offset) : null)
        );

    /// <summary>What a run changed.</summary>
    public static string Diff(NamespacedName run) => Of(run, "agentruns", "diff");

    /// <summary>A file or directory of a workspace.</summary>
    /// <param name="plural"><c>agentruns</c> or <c>agentsessions</c>.</param>
    /// <param name="owner">The run or session.</param>
    /// <param name="path">The path below the workspace.</param>
    /// <param name="offset">The first byte or entry.</param>
    /// <param name="limit">The most bytes or entries.</param>
    public static string Files(string plural, NamespacedName owner, string path, long offset, long limit) =>
        Query(Of(owner, plural, "files"), ("path", path), ("offset", offset > 0 ? Number(offset) : null), ("limit", Number(limit)));

    /// <summary>A page of a session's conversation.</summary>
    public static string Messages(NamespacedName session, long offset, int limit) =>
        Query(Of(session, "agentsessions", "messages"), ("offset", offset > 0 ? Number(offset) : null), ("limit", Number(limit)));

    private static string Of(NamespacedName owner, string plural, string subresource) =>
        $"{Root}/{Uri.EscapeDataString(owner.Namespace)}/{plural}/{Uri.EscapeDataString(owner.Name)}/{subresource}";

    private static string? Number(long? number) => number?.ToString(CultureInfo.InvariantCulture);

    private static string Query(string path, params ReadOnlySpan<(string Name, string? Value)> parameters)
    {
        var result = new StringBuilder(path);
        var separator = '?';
        foreach (var (name, value) in parameters)
        {
            if (!string.IsNullOrEmpty(value))
            {
                result.Append(separator).Append(name).Append('=').Append(Uri.EscapeDataString(value));
                separator = '&';
            }
        }

        return result.ToString();
    }
}

/// <summary>What part of a log is asked for, and how.</summary>
internal sealed record LogRequest
{
    /// <summary><c>text</c> or <c>json</c>.</summary>
    public required string Format { get; init; }

    /// <summary>Whether the answer goes on until the log ends.</summary>
    public bool Follow { get; init; }

    /// <summary>The number of the attempt; the last one if null.</summary>
    public int? Attempt { get; init; }

    /// <summary>Only this many of the last lines.</summary>
    public int? TailLines { get; init; }

    /// <summary>Only what was written in the last seconds.</summary>
    public long? SinceSeconds { get; init; }

    /// <summary>How many bytes to leave out.</summary>
    public long Offset { get; init; }
}
