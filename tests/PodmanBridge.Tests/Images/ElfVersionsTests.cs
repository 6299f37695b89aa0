using System.Text;
using Stromboli.PodmanBridge.Images;

namespace Stromboli.PodmanBridge.Tests.Images;

public sealed class ElfVersionsTests
{
    private static readonly byte[] Shell = File.ReadAllBytes("/bin/sh");
    private static readonly byte[] Library = File.ReadAllBytes(
        new[] { "/lib/x86_64-linux-gnu/libc.so.6", "/lib64/libc.so.6", "/lib/aarch64-linux-gnu/libc.so.6" }.First(File.Exists)
    );

    [Fact]
    public void HighestDefined_OfThisMachinesLibrary_IsWhatItSaysOfItself()
    {
        // "GNU C Library (Debian GLIBC 2.41-12) stable release version 2.41."
        var text = Encoding.Latin1.GetString(Library);
        var at = text.IndexOf("release version ", StringComparison.Ordinal) + "release version ".Length;
        var said = Version.Parse(text[at..text.IndexOf(".\n", at, StringComparison.Ordinal)]);

        var defined = ElfVersions.HighestDefined(new ElfBytes(Library))!;
        Assert.InRange(defined, new Version(2, 26), said);
        Assert.Null(ElfVersions.HighestDefined(new ElfBytes(Shell)));
    }

    [Fact]
    public void HighestNeeded_OfAProgram_IsInMemoryAsOnDisk()
    {
        using var file = File.OpenHandle("/bin/sh");

        var needed = ElfVersions.HighestNeeded(new ElfBytes(Shell))!;
        Assert.InRange(needed, new Version(2, 2, 5), ElfVersions.HighestDefined(new ElfBytes(Library))!);
        Assert.Equal(needed, ElfVersions.HighestNeeded(new ElfOnDisk(file)));
    }

    [Fact]
    public void HighestDefined_NewerVersionsRenamed_IsTheHighestThatIsLeft() =>
        Assert.Equal(new Version(2, 17), ElfVersions.HighestDefined(new ElfBytes(OldLibrary.Of(Library))));

    [Fact]
    public void Highest_NoElfOrCut_IsNull()
    {
        Assert.Null(ElfVersions.HighestDefined(new ElfBytes("#!/bin/sh\n"u8.ToArray())));
        Assert.Null(ElfVersions.HighestNeeded(new ElfBytes(Array.Empty<byte>())));
        for (var length = 0; length < 4096; length += 5)
        {
            _ = ElfVersions.HighestDefined(new ElfBytes(Library.AsMemory(0, length)));
            _ = ElfVersions.HighestNeeded(new ElfBytes(Shell.AsMemory(0, length)));
        }
    }

    [Fact]
    public void Highest_HostileFile_ComesToAnEnd()
    {
        // The headers, with each byte changed; and tables that lead back to themselves or far away, by random changes with a seed.
        var random = new Random(1);
        foreach (var original in new[] { Shell, Library })
        {
            for (var at = 0; at < 1024; at++)
            {
                Look(original, changed => changed[at] = (byte)random.Next(256));
            }

            for (var i = 0; i < 300; i++)
            {
                Look(original, changed => random.NextBytes(changed.AsSpan(random.Next(changed.Length - 4096), random.Next(4096))));
            }
        }

        static void Look(byte[] original, Action<byte[]> change)
        {
            var changed = original.AsSpan(0, Math.Min(original.Length, 256 * 1024)).ToArray();
            change(changed);
            _ = ElfVersions.HighestDefined(new ElfBytes(changed));
            _ = ElfVersions.HighestNeeded(new ElfBytes(changed));
        }
    }

    [Fact]
    public void HighestDefined_DefinitionsWithoutAnEnd_StopAtABound()
    {
        // Every table is the whole file of ones: each next entry is there, until the bound.
        var file = new Endless();

        _ = ElfVersions.HighestDefined(file);
        _ = ElfVersions.HighestNeeded(file);

        Assert.InRange(file.Reads, 1, 100_000);
    }

    // A header and one segment that covers everything; all else repeats itself for ever.
    private sealed class Endless : IElfFile
    {
        public int Reads { get; private set; }

        public bool TryRead(ulong offset, Span<byte> into)
        {
            Reads++;
            into.Fill(1);
            if (offset == 0 && into.Length == 64)
            {
                Shell.AsSpan(0, 64).CopyTo(into);
            }
            else if (into.Length % 56 == 0)
            {
                Headers(into);
            }
            else if (into.Length == 16 && offset < 4096 * 16)
            {
                into[1..8].Clear();
            }

            return true;
        }

        private static void Headers(Span<byte> into)
        {
            into.Clear();
            into[0] = 1;
            into[32..40].Fill(0x7f);
            if (into.Length >= 112)
            {
                into[56] = 2;
            }
        }
    }
}
