namespace Stromboli.PodmanBridge.Images;

/// <summary>What the node's CLI needs of an image.</summary>
/// <param name="Interpreter">The dynamic loader that the CLI names.</param>
/// <param name="Machine">The machine that the CLI is built for, as an ELF number.</param>
/// <param name="Glibc">The oldest glibc that works; null if the CLI names none.</param>
internal sealed record CliNeeds(string Interpreter, int Machine, Version? Glibc = null)
{
    // The program headers and the interpreter's name are at the beginning.
    private const int Beginning = 64 * 1024;

    /// <summary>Reads it from the CLI's file; null if there is none, or if it is no program that names a loader.</summary>
    public static CliNeeds? Of(string? path)
    {
        if (path is null)
        {
            return null;
        }

        try
        {
            using var file = File.OpenRead(path);
            var bytes = new byte[Beginning];
            var read = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            return Elf.Interpreter(bytes.AsSpan(0, read)) is { } interpreter
                ? new CliNeeds(interpreter, Elf.Machine(bytes)!.Value, ElfVersions.HighestNeeded(new ElfOnDisk(file.SafeFileHandle)))
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}

/// <summary>What the node's CLI needs, read again only when the file is another.</summary>
/// <param name="path">The CLI's file; null if the node has none.</param>
internal sealed class CliNeedsReader(string? path)
{
    private Answer? _known;

    /// <summary>What it needs; null if there is no CLI, or none that names a loader.</summary>
    public CliNeeds? Read()
    {
        if (path is null)
        {
            return null;
        }

        var written = File.GetLastWriteTimeUtc(path);
        // Two concurrent reads give the same result.
        if (_known is not { } known || known.Written != written)
        {
            _known = known = new Answer(written, CliNeeds.Of(path));
        }

        return known.Needs;
    }

    private sealed record Answer(DateTime Written, CliNeeds? Needs);
}
