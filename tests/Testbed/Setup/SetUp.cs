using System.Collections.Concurrent;
using System.Diagnostics;
using Stromboli.Testbed.Processes;

namespace Stromboli.Testbed.Setup;

/// <summary>Fills the cache: keeps what exists and makes what is missing, independent artefacts in parallel.</summary>
public sealed class SetUp(Progress progress)
{
    // What the project's own build needs besides .NET (the shim is static C), and what a stack uses of the machine itself: git, for its Git
    // server.
    private static readonly BuildTool[] MachineTools =
    [
        new("gcc", "gcc"),
        new("/usr/lib/x86_64-linux-gnu/libc.a", "libc6-dev"),
        new("git", "git"),
    ];

    private readonly ConcurrentDictionary<string, Task> _made = new(StringComparer.Ordinal);

    /// <summary>Makes the missing ones of the given artefacts and of those that they need. Costs nothing if none is missing.</summary>
    /// <exception cref="TestbedException">An artefact could not be made; the message says which and why.</exception>
    public async Task RunAsync(IReadOnlyCollection<Artefact> wanted, CancellationToken cancellationToken = default)
    {
        Prerequisites.Check();
        if (wanted.All(artefact => artefact.IsSettled) && MachineTools.All(tool => tool.Exists))
        {
            return;
        }

        using var held = await Cache.LockAsync(() => progress.Tell("waiting for another set-up that is under way"), cancellationToken);
        var missing = wanted.SelectMany(WithNeeds).Distinct().Where(artefact => !artefact.IsSettled).ToList();
        if (missing.Count == 0 && MachineTools.All(tool => tool.Exists))
        {
            return;
        }

        Prerequisites.CheckFor(missing);
        if (missing.Count > 0)
        {
            progress.Tell($"filling the cache {Cache.Root}: {string.Join(", ", missing.Select(artefact => artefact.Title))}");
        }

        Scratch.RemoveLeftovers();

        DebianArchive archive;
        using (progress.Begin("reading the package lists"))
        {
            archive = await DebianArchive.OpenAsync(cancellationToken);
        }

        await InstallToolsAsync(missing, cancellationToken);
        await Task.WhenAll(missing.Select(artefact => MakeOnceAsync(artefact, archive, cancellationToken)));
        Artefacts.DropIntermediates();
        progress.Tell("the set-up is complete");
    }

    // An existing artefact needs its sources no more, so an intermediate artefact can be removed after the last one made from it.
    private static IEnumerable<Artefact> WithNeeds(Artefact artefact) =>
        artefact.IsSettled ? [] : artefact.Needs.SelectMany(WithNeeds).Append(artefact);

    private async Task InstallToolsAsync(IEnumerable<Artefact> missing, CancellationToken cancellationToken)
    {
        var packages = missing
            .SelectMany(artefact => artefact.Tools)
            .Concat(MachineTools)
            .Where(tool => !tool.Exists)
            .Select(tool => tool.Package)
            .Distinct(StringComparer.Ordinal)
            .ToList();
        if (packages.Count == 0)
        {
            return;
        }

        progress.Tell($"installing {string.Join(' ', packages)}");
        using var step = progress.Begin("installing packages");
        await DebianArchive.InstallAsync(packages, step, cancellationToken);
    }

    private Task MakeOnceAsync(Artefact artefact, DebianArchive archive, CancellationToken cancellationToken) =>
        artefact.Exists ? Task.CompletedTask : _made.GetOrAdd(artefact.Key, _ => MakeAfterNeedsAsync(artefact, archive, cancellationToken));

    private async Task MakeAfterNeedsAsync(Artefact artefact, DebianArchive archive, CancellationToken cancellationToken)
    {
        await Task.WhenAll(artefact.Needs.Select(need => MakeOnceAsync(need, archive, cancellationToken)));
        try
        {
            await MakeAsync(artefact, archive, cancellationToken);
        }
        catch (TestbedException e) when (artefact.Optional)
        {
            await File.WriteAllTextAsync(artefact.FailurePath, e.Message, cancellationToken);
            progress.Tell($"continuing without the {artefact.Title}; the next attempt is in a day: {e.Message}");
        }
    }

    private async Task MakeAsync(Artefact artefact, DebianArchive archive, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        using var step = progress.Begin(artefact.Title);
        using var scratch = new Scratch(artefact.Key);
        await using var log = new StreamWriter(scratch.LogPath);
        var environment = new Dictionary<string, string>(artefact.Environment, StringComparer.Ordinal)
        {
            ["STROMBOLI_MIRROR"] = archive.Address,
            ["STROMBOLI_CACHE"] = Cache.Root,
            ["DEBIAN_FRONTEND"] = "noninteractive",
        };

        // The mounts of debootstrap end with the mount namespace, and its processes with the PID namespace, however the recipe ends.
        string[] arguments =
        [
            "--mount",
            "--propagation",
            "private",
            "--pid",
            "--fork",
            "--kill-child",
            "--mount-proc",
            "/bin/bash",
            Path.Combine(AppContext.BaseDirectory, "recipes", artefact.Recipe),
            scratch.Output,
            scratch.Work,
            .. artefact.Arguments,
        ];
        var result = await Command.RunAsync(
            "unshare",
            arguments,
            environment: environment,
            onLine: line => Follow(artefact, step, log, line),
            cancellationToken: cancellationToken
        );
        if (!result.Succeeded)
        {
            var last =
                result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).LastOrDefault() ?? result.Output.TrimEnd().Split('\n')[^1];
            throw new TestbedException($"The {artefact.Title} could not be made: {last.Trim()} (the whole log is {scratch.LogPath}).");
        }

        Directory.Move(scratch.Output, artefact.Folder);
        progress.Tell($"made the {artefact.Title} in {watch.Elapsed.TotalSeconds:0} s");
    }

    // A recipe prints "== TEXT" when it begins a part, and "-- TEXT" when that part has made progress.
    private void Follow(Artefact artefact, Progress.Step step, StreamWriter log, string line)
    {
        if (line.StartsWith("-- ", StringComparison.Ordinal))
        {
            step.Reached(line[3..]);
            return;
        }

        lock (log)
        {
            log.WriteLine(line);
        }

        if (line.StartsWith("== ", StringComparison.Ordinal))
        {
            step.Reached("");
            progress.Tell($"{artefact.Title}: {line[3..]}");
        }
    }
}
