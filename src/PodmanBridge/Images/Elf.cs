using System.Buffers.Binary;
using System.Text;

namespace Stromboli.PodmanBridge.Images;

/// <summary>Reads from an ELF file (elf(5)) what a program needs of its system. Pure.</summary>
internal static class Elf
{
    private const int IdentBytes = 16;
    private const int Header64 = 64;
    private const int ProgramHeader64 = 56;
    private const uint Interp = 3;

    /// <summary>The machine that it is for (<c>e_machine</c>): 62 is x86-64, 183 is AArch64. Null for what is no ELF file.</summary>
    public static int? Machine(ReadOnlySpan<byte> file)
    {
        if (file.Length < IdentBytes + 4 || !file.StartsWith("\x7f"u8) || !file[1..].StartsWith("ELF"u8))
        {
            return null;
        }

        var machine = file.Slice(18, 2);
        return file[5] == 2 ? BinaryPrimitives.ReadUInt16BigEndian(machine) : BinaryPrimitives.ReadUInt16LittleEndian(machine);
    }

    /// <summary>
    /// The interpreter that a 64-bit little-endian program names, such as <c>/lib64/ld-linux-x86-64.so.2</c>; null if it names none.
    /// </summary>
    /// <param name="file">The beginning of the file; the rest is ignored.</param>
    public static string? Interpreter(ReadOnlySpan<byte> file)
    {
        if (Machine(file) is null || file.Length < Header64 || file[4] != 2 || file[5] != 1)
        {
            return null;
        }

        var offset = BinaryPrimitives.ReadUInt64LittleEndian(file[32..]);
        var count = BinaryPrimitives.ReadUInt16LittleEndian(file[56..]);
        for (ulong i = 0; i < count; i++)
        {
            var at = offset + (i * ProgramHeader64);
            if (at > (ulong)file.Length || (ulong)file.Length - at < ProgramHeader64)
            {
                return null;
            }

            var header = file.Slice((int)at, ProgramHeader64);
            if (BinaryPrimitives.ReadUInt32LittleEndian(header) != Interp)
            {
                continue;
            }

            var (from, size) = (
                BinaryPrimitives.ReadUInt64LittleEndian(header[8..]),
                BinaryPrimitives.ReadUInt64LittleEndian(header[32..])
            );
            return from <= (ulong)file.Length && size is > 1 and < 4096 && size <= (ulong)file.Length - from
                ? Encoding.UTF8.GetString(file.Slice((int)from, (int)size)).TrimEnd('\0')
                : null;
        }

        return null;
    }
}
