using System.Text.Json;

namespace Stromboli.PodmanBridge.Sessions;

/// <summary>The records of the sessions, one file each, in a folder that only the bridge's user can enter, outside every mount.</summary>
internal sealed class SessionFiles(string root)
{
    private const string Suffix = ".json";

    /// <summary>Every record that can be read.</summary>
    public IEnumerable<SessionRecord> All() =>
        Directory.Exists(root)
            ? Directory.EnumerateFiles(root, "*" + Suffix).Order(StringComparer.Ordinal).Select(Read).OfType<SessionRecord>()
            : [];

    /// <summary>Stores a record so that it survives a killed machine. It is written to a temporary file and renamed.</summary>
    public void Write(SessionRecord record)
    {
        Directory.CreateDirectory(root, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var path = PathOf(record.UID);
        using (var file = new FileStream(path + ".new", FileMode.Create, FileAccess.Write))
        {
            JsonSerializer.Serialize(file, record, SessionJson.Default.SessionRecord);
            file.Flush(flushToDisk: true);
        }

        File.Move(path + ".new", path, overwrite: true);
    }

    /// <summary>Removes a record.</summary>
    public void Delete(string uid) => File.Delete(PathOf(uid));

    // The file is named after text from the operator, so this ensures that it stays in the folder.
    private string PathOf(string uid) => Path.Combine(root, Uri.EscapeDataString(uid) + Suffix);

    private static SessionRecord? Read(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            return JsonSerializer.Deserialize(file, SessionJson.Default.SessionRecord);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
