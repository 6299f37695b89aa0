using System.Buffers.Binary;
using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Files;

/// <summary>What the kernel says about an entry of a directory.</summary>
/// <param name="Identity">Which file it is.</param>
/// <param name="Mode">Kind and permissions (<c>st_mode</c>).</param>
/// <param name="Links">The number of its names.</param>
/// <param name="Size">Its length in bytes, as the kernel says for its kind.</param>
/// <param name="Modified">When its content last changed. A time that a <see cref="DateTimeOffset"/> cannot have is the nearest one.</param>
internal readonly record struct FileFacts(FileIdentity Identity, uint Mode, uint Links, long Size, DateTimeOffset Modified)
{
    /// <summary>The length of the facts as the reader writes them.</summary>
    public const int EncodedLength = 44;

    private const uint KindMask = 0xF000;

    /// <summary>The kind of entry.</summary>
    public FileKind Kind =>
        (Mode & KindMask) switch
        {
            0x8000 => Links > 1 ? FileKind.HardLink : FileKind.File,
            0x4000 => FileKind.Directory,
            0xA000 => FileKind.Symlink,
            0x1000 => FileKind.Fifo,
            0xC000 => FileKind.Socket,
            _ => FileKind.Device,
        };

    /// <summary>The permissions in octal, with leading zero.</summary>
    public string Permissions => Convert.ToString(Mode & 0xFFF, 8).PadLeft(4, '0');

    /// <summary>Reads the facts as the reader writes them (<c>src/native/reader/protocol.h</c>).</summary>
    public static FileFacts Read(ReadOnlySpan<byte> bytes) =>
        new(
            new FileIdentity(BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]), BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..])),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]),
            (long)Math.Min(BinaryPrimitives.ReadUInt64LittleEndian(bytes[24..]), long.MaxValue),
            TimeOf(BinaryPrimitives.ReadInt64LittleEndian(bytes[32..]), BinaryPrimitives.ReadUInt32LittleEndian(bytes[40..]))
        );

    // An agent may give a file any time.
    private static DateTimeOffset TimeOf(long seconds, uint nanoseconds)
    {
        var clamped = Math.Clamp(seconds, DateTimeOffset.MinValue.ToUnixTimeSeconds(), DateTimeOffset.MaxValue.ToUnixTimeSeconds());
        return DateTimeOffset.FromUnixTimeSeconds(clamped).AddTicks(Math.Min(nanoseconds, 999_999_999) / 100);
    }
}

/// <summary>The kinds of entries of a directory. Only the first two can be read.</summary>
internal enum FileKind
{
    /// <summary>A regular file with one name.</summary>
    File,

    /// <summary>A directory.</summary>
    Directory,

    /// <summary>A regular file with several names.</summary>
    HardLink,

    /// <summary>A symbolic link.</summary>
    Symlink,

    /// <summary>A named pipe.</summary>
    Fifo,

    /// <summary>A socket.</summary>
    Socket,

    /// <summary>A device.</summary>
    Device,
}

/// <summary>An entry of a directory.</summary>
/// <param name="Name">Its name, as <see cref="FilePath.Spell"/> spells it.</param>
/// <param name="Facts">What the kernel says about it.</param>
internal sealed record FileEntry(string Name, FileFacts Facts);

/// <summary>Some entries of a directory, in the order of their names' bytes.</summary>
/// <param name="Entries">The entries.</param>
/// <param name="Next">The number of the entry after these; null if there is none. An entry that vanished while it was read has a number
/// too.</param>
internal sealed record FilePage(IReadOnlyList<FileEntry> Entries, long? Next);
