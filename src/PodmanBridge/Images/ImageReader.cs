using Stromboli.Crds.Nodes;
using Stromboli.Podman;

namespace Stromboli.PodmanBridge.Images;

/// <summary>
/// Reads files of images through a container that is created and never started, so that nothing of the image runs. It reads only a few
/// files.
/// </summary>
internal sealed class ImageReader(IPodman podman, string node)
{
    /// <summary>The label of the containers that are made for it; its value is the node.</summary>
    private const string Label = "stromboli.dev/reads-image-for";

    // A loader has about 200 KB. The rest of a larger file is not read.
    private const int MaxLoader = 4 * 1024 * 1024;

    // The C library has about 2 MB.
    private const int MaxLibrary = 16 * 1024 * 1024;

    private static readonly string[] Tools =
    [
        "bash",
        "cargo",
        "curl",
        "dotnet",
        "gcc",
        "git",
        "go",
        "java",
        "jq",
        "make",
        "node",
        "npm",
        "python3",
        "rg",
    ];

    // Directories of the agent's PATH, ordered so that most tools are found early. The directories of system programs contain none of them.
    private static readonly string[] Folders = ["/usr/bin", "/usr/local/bin", "/bin"];

    // The default search paths of the distributions' loaders.
    private static readonly string[] Libraries =
    [
        "/lib/x86_64-linux-gnu",
        "/lib64",
        "/usr/lib/x86_64-linux-gnu",
        "/usr/lib64",
        "/lib",
        "/usr/lib",
        "/lib/aarch64-linux-gnu",
        "/usr/lib/aarch64-linux-gnu",
    ];

    private static readonly (string Path, string What)[] OtherLoaders =
    [
        ("/lib/ld-musl-x86_64.so.1", "it is built with musl"),
        ("/lib/ld-musl-aarch64.so.1", "it is built with musl, and for AArch64"),
        ("/lib/ld-linux-aarch64.so.1", "it is for AArch64"),
        ("/lib64/ld-linux-x86-64.so.2", "it is for x86-64"),
        ("/lib/ld-linux.so.2", "it is for 32-bit x86"),
    ];

    private Dictionary<string, string> Labels => new() { [Label] = node };

    /// <summary>Looks into an image.</summary>
    /// <param name="id">The image.</param>
    /// <param name="needs">What the CLI needs; null when there is none.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="PodmanException">The engine failed; the image may be gone.</exception>
    public async Task<ImageContent> ReadAsync(string id, CliNeeds? needs, CancellationToken cancellationToken)
    {
        var container = await podman.Containers.CreateForReadingAsync(id, Labels, CancellationToken.None);
        try
        {
            var tools = new List<string>();
            foreach (var tool in Tools)
            {
                if (await AnyAsync(container, Folders.Select(folder => $"{folder}/{tool}"), cancellationToken))
                {
                    tools.Add(tool);
                }
            }

            var message = needs is null ? null : await ProblemAsync(container, needs, cancellationToken);
            return new ImageContent
            {
                Needs = needs,
                Tools = tools,
                Message = message,
                Compatibility =
                    needs is null ? ImageCompatibility.Unknown
                    : message is null ? ImageCompatibility.Compatible
                    : ImageCompatibility.Incompatible,
            };
        }
        finally
        {
            await podman.Containers.RemoveAsync(container, CancellationToken.None);
        }
    }

    /// <summary>Removes the containers that a killed bridge left.</summary>
    /// <exception cref="PodmanException">The engine did not do it.</exception>
    public async Task RemoveLeftoversAsync(CancellationToken cancellationToken)
    {
        foreach (var container in await podman.Containers.ListAsync(Labels, cancellationToken))
        {
            await podman.Containers.RemoveAsync(container.ID, cancellationToken);
        }
    }

    private async Task<bool> AnyAsync(string container, IEnumerable<string> paths, CancellationToken cancellationToken)
    {
        foreach (var path in paths)
        {
            if (await podman.Containers.HasFileAsync(container, path, cancellationToken))
            {
                return true;
            }
        }

        return false;
    }

    private async Task<string?> ProblemAsync(string container, CliNeeds needs, CancellationToken cancellationToken)
    {
        if (await podman.Containers.ReadFileAsync(container, needs.Interpreter, MaxLoader, cancellationToken) is not { } loader)
        {
            return Sentence($"it has no {needs.Interpreter} (the CLI needs glibc): {await WhatItIsAsync(container, cancellationToken)}");
        }

        if (Elf.Machine(loader) is not { } machine)
        {
            return Sentence($"its {needs.Interpreter} is not a loader");
        }

        if (machine != needs.Machine)
        {
            return Sentence($"its {needs.Interpreter} is for another kind of machine");
        }
        // glibc's loader defines a symbol version of this name for its own libraries.
        if (loader.AsSpan().IndexOf("GLIBC_PRIVATE"u8) < 0)
        {
            return Sentence($"its {needs.Interpreter} is not that of glibc, which the CLI needs");
        }

        return await LibraryProblemAsync(container, needs, cancellationToken);
    }

    private async Task<string?> LibraryProblemAsync(string container, CliNeeds needs, CancellationToken cancellationToken)
    {
        var found = false;
        foreach (var path in Libraries.Select(folder => $"{folder}/libc.so.6"))
        {
            if (!await podman.Containers.HasFileAsync(container, path, cancellationToken))
            {
                continue;
            }

            found = true;
            // The loader also skips a library for another machine. A library that cannot be read proves nothing.
            if (
                await podman.Containers.ReadFileAsync(container, path, MaxLibrary, cancellationToken) is not { } library
                || Elf.Machine(library) != needs.Machine
            )
            {
                continue;
            }

            return needs.Glibc is { } least && ElfVersions.HighestDefined(new ElfBytes(library)) is { } version && version < least
                ? $"The image cannot run the CLI: its glibc is {version}, and the CLI needs {least}. Use an image with glibc {least} or later."
                : null;
        }

        return found ? null : Sentence("it has the loader of glibc but no libc.so.6");
    }

    private async Task<string> WhatItIsAsync(string container, CancellationToken cancellationToken)
    {
        foreach (var (path, what) in OtherLoaders)
        {
            if (await podman.Containers.HasFileAsync(container, path, cancellationToken))
            {
                return what;
            }
        }

        return "it has no C library at all";
    }

    private static string Sentence(string why) =>
        $"The image cannot run the CLI: {why}. Use an image with glibc for this node's kind of machine.";
}
