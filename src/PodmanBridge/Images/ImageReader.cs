using Stromboli.Crds.Nodes;
using Stromboli.Podman;

namespace Stromboli.PodmanBridge.Images;

/// <summary>
/// Looks into images: by the archive of a container that is made and never started, so nothing of the image runs, and only a few files are
/// asked for.
/// </summary>
internal sealed class ImageReader(IPodman podman, string node)
{
    /// <summary>The label of the containers that are made for it; its value is the node.</summary>
    private const string Label = "stromboli.dev/reads-image-for";

    // A loader has some 200 KB; whoever puts a larger one there is not read further.
    private const int MaxLoader = 4 * 1024 * 1024;

    // The C library has some 2 MB.
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

    // Of the agent's PATH, in the order in which most are found first. The folders of system programs hold none of these.
    private static readonly string[] Folders = ["/usr/bin", "/usr/local/bin", "/bin"];

    // Where loaders of the distributions look by themselves.
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
    /// <exception cref="PodmanException">The engine did not do it; the image may be gone.</exception>
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
            return Sentence($"its {needs.Interpreter} is no loader");
        }

        if (machine != needs.Machine)
        {
            return Sentence($"its {needs.Interpreter} is for another kind of machine");
        }
        // What is private between glibc's loader and its libraries has a version of this name.
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
            // One for another machine, beside the one that counts, is passed over by the loader, too. What cannot be read in it says
            // nothing.
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
