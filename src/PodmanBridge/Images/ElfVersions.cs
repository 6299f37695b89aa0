using System.Buffers.Binary;
using System.Text;

namespace Stromboli.PodmanBridge.Images;

/// <summary>
/// The versions of glibc's symbols that a 64-bit little-endian file defines or needs, as its loader reads them: from the tables that the
/// dynamic section names (LSB Core, symbol versioning). The file may be hostile: every offset is checked, and no table is followed further
/// than a real one goes.
/// </summary>
internal static class ElfVersions
{
    private const string Glibc = "GLIBC_";
    private const int HeaderBytes = 64;
    private const int ProgramHeaderBytes = 56;
    private const int MostProgramHeaders = 128;
    private const int MostDynamicEntries = 4096;
    private const int MostVersions = 4096;
    private const int MostNameBytes = 64;

    private const uint Load = 1;
    private const uint Dynamic = 2;

    private const ulong StringTable = 5;
    private const ulong Defined = 0x6ffffffc;
    private const ulong Needed = 0x6ffffffe;

    private const ushort Weak = 2;

    /// <summary>The highest version that the file, a <c>libc.so.6</c>, defines; null if it cannot be told.</summary>
    public static Version? HighestDefined(IElfFile file)
    {
        if (Tables(file) is not { Definitions: { } at, Names: { } names })
        {
            return null;
        }

        Version? highest = null;
        var definition = new byte[20];
        for (var i = 0; i < MostVersions && file.TryRead(at, definition); i++)
        {
            // The first name of a definition is its own; the others are its predecessors.
            var auxiliary = new byte[4];
            if (file.TryRead(at + U32(definition, 12), auxiliary))
            {
                highest = Higher(highest, VersionAt(file, names, U32(auxiliary, 0)));
            }

            if (U32(definition, 16) is not (> 0 and var next))
            {
                break;
            }

            at += next;
        }

        return highest;
    }

    /// <summary>The highest version that the file, a program, cannot do without; null if it names none.</summary>
    public static Version? HighestNeeded(IElfFile file)
    {
        if (Tables(file) is not { Needs: { } at, Names: { } names })
        {
            return null;
        }

        Version? highest = null;
        var library = new byte[16];
        var looked = 0;
        while (looked++ < MostVersions && file.TryRead(at, library))
        {
            var version = new byte[16];
            for (var place = at + U32(library, 8); looked++ < MostVersions && file.TryRead(place, version); place += U32(version, 12))
            {
                if ((BinaryPrimitives.ReadUInt16LittleEndian(version.AsSpan(4)) & Weak) == 0)
                {
                    highest = Higher(highest, VersionAt(file, names, U32(version, 8)));
                }

                if (U32(version, 12) == 0)
                {
                    break;
                }
            }

            if (U32(library, 12) is not (> 0 and var next))
            {
                break;
            }

            at += next;
        }

        return highest;
    }

    private static Version? Higher(Version? one, Version? other) => one is null || other > one ? other ?? one : one;

    private static Version? VersionAt(IElfFile file, ulong names, uint offset)
    {
        // The file may end before the longest possible name.
        for (var length = MostNameBytes; length >= 8; length /= 2)
        {
            var bytes = new byte[length];
            if (!file.TryRead(names + offset, bytes))
            {
                continue;
            }

            var end = bytes.AsSpan().IndexOf((byte)0);
            var name = end < 0 ? "" : Encoding.ASCII.GetString(bytes, 0, end);
            return name.StartsWith(Glibc, StringComparison.Ordinal) && Version.TryParse(name.AsSpan(Glibc.Length), out var version)
                ? version
                : null;
        }

        return null;
    }

    private static (ulong? Definitions, ulong? Needs, ulong? Names)? Tables(IElfFile file)
    {
        var header = new byte[HeaderBytes];
        if (!file.TryRead(0, header) || Elf.Machine(header) is null || header[4] != 2 || header[5] != 1)
        {
            return null;
        }

        var headers = new byte[
            Math.Min(MostProgramHeaders, (int)BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(56))) * ProgramHeaderBytes
        ];
        if (!file.TryRead(U64(header, 32), headers))
        {
            return null;
        }

        ulong? definitions = null,
            needs = null,
            names = null;
        foreach (var (tag, value) in DynamicEntries(file, headers))
        {
            switch (tag)
            {
                case StringTable:
                    names = Place(headers, value);
                    break;
                case Defined:
                    definitions = Place(headers, value);
                    break;
                case Needed:
                    needs = Place(headers, value);
                    break;
            }
        }

        return (definitions, needs, names);
    }

    private static IEnumerable<(ulong Tag, ulong Value)> DynamicEntries(IElfFile file, byte[] headers)
    {
        for (var at = 0; at < headers.Length; at += ProgramHeaderBytes)
        {
            if (U32(headers, at) != Dynamic)
            {
                continue;
            }

            var entry = new byte[16];
            var place = U64(headers, at + 8);
            for (var i = 0; i < MostDynamicEntries && file.TryRead(place, entry) && U64(entry, 0) != 0; i++, place += 16)
            {
                yield return (U64(entry, 0), U64(entry, 8));
            }

            yield break;
        }
    }

    // The dynamic section contains addresses. The segment that contains an address gives its offset in the file.
    private static ulong? Place(byte[] headers, ulong address)
    {
        for (var at = 0; at < headers.Length; at += ProgramHeaderBytes)
        {
            if (U32(headers, at) == Load && address >= U64(headers, at + 16) && address - U64(headers, at + 16) < U64(headers, at + 32))
            {
                return unchecked(U64(headers, at + 8) + (address - U64(headers, at + 16)));
            }
        }

        return null;
    }

    private static uint U32(byte[] bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at));

    private static ulong U64(byte[] bytes, int at) => BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(at));
}
