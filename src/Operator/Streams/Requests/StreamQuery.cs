using Stromboli.NodeLink.Messages;
using Stromboli.Operator.Streams.Answers;

namespace Stromboli.Operator.Streams.Requests;

/// <summary>The parameters of a request.</summary>
internal abstract record StreamQuery
{
    private const int MaxPath = 4096;
    private const long DefaultFileBytes = 8L << 20;
    private const long MaxFileBytes = 32L << 20;
    private const int DefaultMessages = 50;
    private const int MaxMessages = 500;
    private const long MaxSeconds = 10L * 365 * 24 * 60 * 60;

    /// <summary>Reads the parameters that belong to the route.</summary>
    /// <exception cref="StatusException">A parameter is unknown, malformed or out of bounds.</exception>
    public static StreamQuery Read(StreamResource resource, IQueryCollection query) =>
        resource.Subresource switch
        {
            "log" => ReadLog(new QueryReader(query, "follow", "tailLines", "sinceSeconds", "format", "offset", "attempt")),
            "files" => ReadFiles(new QueryReader(query, "path", "offset", "limit")),
            "messages" => ReadMessages(new QueryReader(query, "offset", "limit")),
            _ => ReadDiff(new QueryReader(query)),
        };

    private static LogQuery ReadLog(QueryReader query)
    {
        var log = new LogQuery
        {
            Follow = query.Flag("follow"),
            TailLines = (int?)query.Number("tailLines", 0, int.MaxValue),
            SinceSeconds = query.Number("sinceSeconds", 1, MaxSeconds),
            Offset = query.Number("offset", 0, long.MaxValue),
            Format = query.Text("format") switch
            {
                null or "text" => LogFormat.Text,
                "json" => LogFormat.Json,
                _ => throw StatusException.BadRequest("The parameter format must be text or json."),
            },
            Attempt = (int?)query.Number("attempt", 1, int.MaxValue),
        };
        return log.Offset is not null && (log.TailLines ?? log.SinceSeconds) is not null
            ? throw StatusException.BadRequest("The parameter offset cannot be combined with tailLines or sinceSeconds.")
            : log;
    }

    private static FilesQuery ReadFiles(QueryReader query) =>
        new()
        {
            Path = PathOf(query.Text("path") ?? ""),
            Offset = query.Number("offset", 0, long.MaxValue) ?? 0,
            Limit = query.Number("limit", 1, MaxFileBytes) ?? DefaultFileBytes,
        };

    private static MessagesQuery ReadMessages(QueryReader query) =>
        new()
        {
            Offset = query.Number("offset", 0, long.MaxValue) ?? 0,
            Limit = (int)(query.Number("limit", 1, MaxMessages) ?? DefaultMessages),
        };

    private static DiffQuery ReadDiff(QueryReader query)
    {
        _ = query;
        return new DiffQuery();
    }

    // The node opens the path beneath the workspace whatever it says. A clear answer to a mistake is all that this is for.
    private static string PathOf(string text)
    {
        var path = text.TrimEnd('/');
        if (path.Length == 0 && text.Length <= 1)
        {
            return "";
        }

        return
            path.Length <= MaxPath
            && !path.Contains('\0', StringComparison.Ordinal)
            && path.Split('/').All(segment => segment is not ("" or "." or ".."))
            ? path
            : throw StatusException.BadRequest(
                $"The parameter path must be relative to the workspace, without empty, . and .. segments, and have at most {MaxPath} characters."
            );
    }
}

/// <summary>The parameters of <c>agentruns/log</c>.</summary>
internal sealed record LogQuery : StreamQuery
{
    /// <summary>Whether the stream goes on until the log ends.</summary>
    public bool Follow { get; init; }

    /// <summary>Only this many of the last lines.</summary>
    public int? TailLines { get; init; }

    /// <summary>Only what was written in the last seconds.</summary>
    public long? SinceSeconds { get; init; }

    /// <summary>How many bytes to leave out.</summary>
    public long? Offset { get; init; }

    /// <summary>How the log is written.</summary>
    public LogFormat Format { get; init; }

    /// <summary>The number of the attempt; null for the last one.</summary>
    public int? Attempt { get; init; }
}

/// <summary>The parameters of <c>files</c>.</summary>
internal sealed record FilesQuery : StreamQuery
{
    /// <summary>The path below the workspace; empty for the workspace itself.</summary>
    public required string Path { get; init; }

    /// <summary>The first byte or entry.</summary>
    public long Offset { get; init; }

    /// <summary>The most bytes or entries.</summary>
    public required long Limit { get; init; }
}

/// <summary>The parameters of <c>agentruns/diff</c>: none.</summary>
internal sealed record DiffQuery : StreamQuery;

/// <summary>The parameters of <c>agentsessions/messages</c>.</summary>
internal sealed record MessagesQuery : StreamQuery
{
    /// <summary>The number of the first message.</summary>
    public long Offset { get; init; }

    /// <summary>The most messages.</summary>
    public required int Limit { get; init; }
}
