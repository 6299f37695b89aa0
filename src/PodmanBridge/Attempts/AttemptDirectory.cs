using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Attempts;

/// <summary>
/// The files of one attempt under the bridge's state root: <c>attempt.json</c>, <c>end.json</c>, <c>ledger.jsonl</c> and the container's
/// <c>log</c>. They are in a folder that only the bridge's user can enter, outside every mount.
/// </summary>
internal sealed class AttemptDirectory : IAttemptStore
{
    private const string RecordFile = "attempt.json";
    private const string EndFile = "end.json";

    private AttemptDirectory(string path) => Path = path;

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>Where conmon keeps the container's output.</summary>
    public string LogPath => System.IO.Path.Combine(Path, "log");

    /// <summary>Where the gateway keeps the attempt's usage.</summary>
    public string LedgerPath => System.IO.Path.Combine(Path, "ledger.jsonl");

    /// <summary>The folder of an attempt, which may not exist.</summary>
    public static AttemptDirectory Of(string root, AttemptKey key) => new(System.IO.Path.Combine(root, key.ToString()));

    /// <summary>The folder of an attempt, created if missing.</summary>
    public static AttemptDirectory Create(string root, AttemptKey key)
    {
        var path = System.IO.Path.Combine(root, key.ToString());
        Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return new AttemptDirectory(path);
    }

    /// <summary>The existing folders.</summary>
    public static IEnumerable<AttemptDirectory> All(string root) =>
        Directory.Exists(root)
            ? Directory.EnumerateDirectories(root).Order(StringComparer.Ordinal).Select(path => new AttemptDirectory(path))
            : [];

    /// <summary>The record; null if none was stored.</summary>
    public AttemptRecord? ReadRecord() => Read(RecordFile, AttemptJson.Default.AttemptRecord);

    /// <summary>
    /// Stores the record so that it survives a killed bridge. A killed machine ends the container too, so this does not wait for the disk.
    /// </summary>
    public void Write(AttemptRecord record) => Write(RecordFile, record, AttemptJson.Default.AttemptRecord, toDisk: false);

    /// <summary>The end; null if none was stored.</summary>
    public AttemptEndRecord? ReadEnd() => Read(EndFile, AttemptJson.Default.AttemptEndRecord);

    /// <summary>
    /// Stores the end so that it survives a killed machine. The mark that it was collected need not survive: the operator would send it
    /// again.
    /// </summary>
    public void Write(AttemptEndRecord end) => Write(EndFile, end, AttemptJson.Default.AttemptEndRecord, toDisk: !end.Collected);

    /// <summary>The size of the files together, in bytes; 0 if they cannot be examined.</summary>
    public long Bytes()
    {
        try
        {
            return new DirectoryInfo(Path).EnumerateFiles().Sum(file => file.Length);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }

    /// <summary>Removes everything.</summary>
    public void Delete()
    {
        if (Directory.Exists(Path))
        {
            Directory.Delete(Path, recursive: true);
        }
    }

    private T? Read<T>(string name, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            using var file = File.OpenRead(System.IO.Path.Combine(Path, name));
            return JsonSerializer.Deserialize(file, type);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or JsonException)
        {
            return null;
        }
    }

    // Written to a temporary file and renamed, so that a reader sees the old file or the new one, whole.
    private void Write<T>(string name, T value, JsonTypeInfo<T> type, bool toDisk)
    {
        var path = System.IO.Path.Combine(Path, name);
        using (var file = new FileStream(path + ".new", FileMode.Create, FileAccess.Write))
        {
            JsonSerializer.Serialize(file, value, type);
            file.Flush(toDisk);
        }

        File.Move(path + ".new", path, overwrite: true);
    }
}

/// <summary>Where the state of one attempt survives the bridge.</summary>
internal interface IAttemptStore
{
    /// <summary>The file of the container's output.</summary>
    string LogPath { get; }

    /// <summary>Stores the record.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    void Write(AttemptRecord record);

    /// <summary>Stores the end.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    void Write(AttemptEndRecord end);

    /// <summary>The size of the files together, in bytes; 0 if they cannot be examined.</summary>
    long Bytes();

    /// <summary>Removes everything.</summary>
    /// <exception cref="IOException">A file cannot be removed.</exception>
    void Delete();
}
