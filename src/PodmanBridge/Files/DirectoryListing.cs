using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Stromboli.PodmanBridge.Files;

/// <summary>A page of a directory, as a reader gets it.</summary>
/// <param name="Path">The directory's path below the workspace, in bytes.</param>
/// <param name="Modified">When names were last added to the directory or removed.</param>
/// <param name="Page">The entries.</param>
internal sealed record DirectoryListing(byte[] Path, DateTimeOffset Modified, FilePage Page)
{
    /// <summary>The listing as JSON.</summary>
    public ReadOnlyMemory<byte> ToJson()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        json.WriteStartObject();
        json.WriteString("path", FilePath.Spell(Path));
        json.WriteString("modified", Time(Modified));
        json.WriteStartArray("entries");
        foreach (var (name, facts) in Page.Entries)
        {
            json.WriteStartObject();
            json.WriteString("name", name);
            json.WriteString("type", NameOf(facts.Kind));
            json.WriteNumber("bytes", facts.Kind is FileKind.File or FileKind.HardLink ? facts.Size : 0);
            json.WriteString("mode", facts.Permissions);
            json.WriteString("modified", Time(facts.Modified));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        if (Page.Next is { } next)
        {
            json.WriteNumber("continue", next);
        }

        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    private static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);

    private static string NameOf(FileKind kind) =>
        kind switch
        {
            FileKind.File => "file",
            FileKind.Directory => "directory",
            FileKind.HardLink => "hardlink",
            FileKind.Symlink => "symlink",
            FileKind.Fifo => "fifo",
            FileKind.Socket => "socket",
            _ => "device",
        };
}
