using System.Text.Json;
using System.Text.Json.Serialization;
using Stromboli.Gateway.Git;
using Stromboli.Gateway.Git.Protocol;
using Stromboli.NodeLink.Messages;

namespace Stromboli.PodmanBridge.Pushes;

/// <summary>
/// What an attempt cloned and pushed, in the file <c>git.json</c> of its folder, so that a restarted bridge knows which branches the run
/// created. Safe for concurrent use.
/// </summary>
internal sealed partial class PushRecord : IPushRecord
{
    private const int MostPushes = 10;

    private readonly Lock _lock = new();
    private readonly string _path;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly Action _changed;
    private PushFile _file;

    /// <summary>Reads the file, if there is one.</summary>
    /// <param name="path">The file.</param>
    /// <param name="created">The branches that earlier attempts of the run created, as the operator knows them.</param>
    /// <param name="changed">Called after each push.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="logger">The log.</param>
    public PushRecord(string path, IReadOnlyList<CreatedBranch> created, Action changed, TimeProvider clock, ILogger logger)
    {
        (_path, _changed, _clock, _logger) = (path, changed, clock, logger);
        _file =
            Read(path)
            ?? new PushFile { Created = created.ToDictionary(branch => branch.Branch, branch => branch.Commit, StringComparer.Ordinal) };
    }

    /// <inheritdoc/>
    public string? Commit => File.Commit;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Created => File.Created;

    /// <summary>The commit whose push after the agent's end went out; null if none did.</summary>
    public string? Published => File.Published;

    /// <summary>Stores that the push after the agent's end goes out.</summary>
    /// <exception cref="IOException">It could not be stored.</exception>
    public void Publish(string commit)
    {
        lock (_lock)
        {
            var next = _file with { Published = commit };
            Write(next);
            _file = next;
        }
    }

    /// <summary>What the operator is told; null if there is nothing to tell.</summary>
    public GitReport? Report => File is { Commit: null, Pushes: [] } ? null : new GitReport { Commit = File.Commit, Pushes = File.Pushes };

    private PushFile File
    {
        get
        {
            lock (_lock)
            {
                return _file;
            }
        }
    }

    /// <summary>Stores the commit that was cloned.</summary>
    /// <param name="commit">Its ID; null for a repository without commits.</param>
    public void Cloned(string? commit) => Store(file => file with { Commit = commit });

    /// <inheritdoc/>
    public void Accept(IReadOnlyList<AcceptedPush> pushes)
    {
        var now = _clock.GetUtcNow();
        Store(file =>
            file with
            {
                Pushes =
                [
                    .. file
                        .Pushes.Concat(
                            pushes.Select(push => new PushReport
                            {
                                Branch = push.Branch,
                                Commit = push.Commit,
                                Previous = push.Previous,
                                Time = now,
                            })
                        )
                        .TakeLast(MostPushes),
                ],
                // Where the server did something else than was asked, it is not known what the run created.
                Created = Merge(
                    file.Created,
                    pushes
                        .Where(push => push.IsAsAsked && (push.Previous is null || file.Created.ContainsKey(push.Branch)))
                        .Select(push => (push.Branch, push.Commit))
                ),
            }
        );
        _changed();
    }

    private static Dictionary<string, string> Merge(
        IReadOnlyDictionary<string, string> known,
        IEnumerable<(string Branch, string Commit)> more
    )
    {
        var created = new Dictionary<string, string>(known, StringComparer.Ordinal);
        foreach (var (branch, commit) in more)
        {
            created[branch] = commit;
        }

        return created;
    }

    private static PushFile? Read(string path)
    {
        try
        {
            using var file = System.IO.File.OpenRead(path);
            return JsonSerializer.Deserialize(file, PushJson.Default.PushFile);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or JsonException)
        {
            return null;
        }
    }

    // A full disk must not break a push that the server has taken. What could not be stored still holds in this process.
    private void Store(Func<PushFile, PushFile> change)
    {
        lock (_lock)
        {
            _file = change(_file);
            try
            {
                Write(_file);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                Log.NotStored(_logger, _path, e.Message);
            }
        }
    }

    private void Write(PushFile content)
    {
        using (var file = new FileStream(_path + ".new", FileMode.Create, FileAccess.Write))
        {
            JsonSerializer.Serialize(file, content, PushJson.Default.PushFile);
            file.Flush(flushToDisk: true);
        }

        System.IO.File.Move(_path + ".new", _path, overwrite: true);
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "{Path} could not be stored: {Error}")]
        public static partial void NotStored(ILogger logger, string path, string error);
    }
}

/// <summary>The content of <c>git.json</c>.</summary>
internal sealed record PushFile
{
    /// <summary>The commit that was cloned; null if none was.</summary>
    public string? Commit { get; init; }

    /// <summary>The commit whose push after the agent's end went out; null if none did.</summary>
    public string? Published { get; init; }

    /// <summary>The last pushes.</summary>
    public IReadOnlyList<PushReport> Pushes { get; init; } = [];

    /// <summary>The branches that the run created, each with the commit at which it left it.</summary>
    public IReadOnlyDictionary<string, string> Created { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);
}

/// <summary>The serializer of <c>git.json</c>.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(PushFile))]
internal sealed partial class PushJson : JsonSerializerContext;
