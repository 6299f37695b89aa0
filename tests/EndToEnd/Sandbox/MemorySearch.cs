using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Stromboli.EndToEnd.Sandbox;

/// <summary>Searches all resident and swapped memory of processes for a text (proc(5): maps, pagemap, mem).</summary>
internal static class MemorySearch
{
    private const int PageSize = 4096;
    private const int PagesAtOnce = 1024;

    // Bit 63 of a pagemap entry: in memory; bit 62: in swap.
    private const ulong Present = 3UL << 62;

    /// <summary>Mappings of the kernel.</summary>
    private static readonly string[] Kernels = ["[vdso]", "[vvar]", "[vvar_vclock]", "[vsyscall]"];

    /// <summary>The processes whose memory contains the text, with the mappings.</summary>
    public static IReadOnlyList<string> Find(IEnumerable<int> pids, string text)
    {
        var needle = Encoding.ASCII.GetBytes(text);
        return [.. pids.SelectMany(pid => Find(pid, needle))];
    }

    private static List<string> Find(int pid, byte[] needle)
    {
        var folder = string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}");
        var places = new List<string>();
        try
        {
            using var memory = Open($"{folder}/mem");
            using var pages = Open($"{folder}/pagemap");
            var name = File.ReadAllText($"{folder}/comm").TrimEnd();
            foreach (
                var mapping in File.ReadAllLines($"{folder}/maps")
                    .Where(line => line.Split(' ')[1][0] == 'r' && !Kernels.Any(line.EndsWith))
            )
            {
                var range = mapping
                    .Split(' ')[0]
                    .Split('-')
                    .Select(address => long.Parse(address, NumberStyles.HexNumber, CultureInfo.InvariantCulture))
                    .ToArray();
                if (Contains(memory, pages, range[0], range[1], needle))
                {
                    places.Add($"{name} ({pid}): {mapping}");
                }
            }
        }
        catch (IOException)
        {
            // The process has ended.
        }

        return places;
    }

    private static bool Contains(FileStream memory, FileStream pages, long from, long to, byte[] needle)
    {
        var entries = new byte[PagesAtOnce * sizeof(ulong)];
        // Includes some bytes of the previous page, so that a text across two pages is found.
        var buffer = new byte[needle.Length + PageSize];
        for (var at = from; at < to; at += (long)PagesAtOnce * PageSize)
        {
            var count = (int)Math.Min(PagesAtOnce, (to - at) / PageSize);
            pages.Position = at / PageSize * sizeof(ulong);
            pages.ReadExactly(entries, 0, count * sizeof(ulong));
            for (var page = 0; page < count; page++)
            {
                if ((BinaryPrimitives.ReadUInt64LittleEndian(entries.AsSpan(page * sizeof(ulong))) & Present) == 0)
                {
                    continue;
                }

                buffer.AsSpan(PageSize, needle.Length).CopyTo(buffer);
                memory.Position = at + ((long)page * PageSize);
                if (memory.Read(buffer, needle.Length, PageSize) == PageSize && buffer.AsSpan().IndexOf(needle) >= 0)
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static FileStream Open(string path) =>
        new(
            path,
            new FileStreamOptions
            {
                Mode = FileMode.Open,
                Access = FileAccess.Read,
                BufferSize = 0,
                Share = FileShare.ReadWrite,
            }
        );
}
