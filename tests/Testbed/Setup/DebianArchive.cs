using System.Text.RegularExpressions;
using Stromboli.Testbed.Processes;

namespace Stromboli.Testbed.Setup;

/// <summary>The machine's Debian archive and installations from it.</summary>
internal sealed partial class DebianArchive
{
    private const string Suite = "bookworm";
    private static readonly Dictionary<string, string> NonInteractive = new(StringComparer.Ordinal)
    {
        ["DEBIAN_FRONTEND"] = "noninteractive",
        ["LC_ALL"] = "C",
    };

    private DebianArchive(string address) => Address = address;

    /// <summary>Its address from the machine's apt sources.</summary>
    public string Address { get; }

    /// <summary>Refreshes the package lists and reads the archive's address from them.</summary>
    /// <exception cref="TestbedException">This is not Debian 12, or the archive does not answer.</exception>
    public static async Task<DebianArchive> OpenAsync(CancellationToken cancellationToken)
    {
        if (!Command.Exists("apt-get"))
        {
            throw new TestbedException(
                "The set-up takes its parts from Debian's archive and needs apt-get: run it on Debian 12 (bookworm)."
            );
        }

        var update = await Command.RunAsync("apt-get", ["-q", "update"], environment: NonInteractive, cancellationToken: cancellationToken);

        // apt-get update exits with 0 even if an archive did not answer. That may be a source that the testbed does not use.
        var targets = await Command.RunAsync(
            "apt-get",
            ["indextargets", "--format", "$(ORIGIN) $(CODENAME) $(COMPONENT) $(REPO_URI)", "Created-By: Packages"],
            cancellationToken: cancellationToken
        );
        var address = targets
            .Output.Split('\n')
            .Select(line => line.Split(' '))
            .FirstOrDefault(fields => fields is ["Debian", Suite, "main", _])
            ?[3];
        return address is not null
            ? new DebianArchive(address)
            : throw new TestbedException(
                $"No archive of Debian 12 ({Suite}) could be read through this machine's apt sources, so the set-up cannot fetch anything: {LastError(update)}"
            );
    }

    /// <summary>Installs packages.</summary>
    /// <exception cref="TestbedException">apt-get failed.</exception>
    public static async Task InstallAsync(IReadOnlyCollection<string> packages, Progress.Step step, CancellationToken cancellationToken)
    {
        var (all, fetched, installed) = ("?", 0, 0);
        string[] arguments = ["-q", "-y", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=300", "install", .. packages];
        var result = await Command.RunAsync(
            "apt-get",
            arguments,
            environment: NonInteractive,
            onLine: Follow,
            cancellationToken: cancellationToken
        );
        if (!result.Succeeded)
        {
            throw new TestbedException($"apt-get could not install {string.Join(' ', packages)}: {LastError(result)}");
        }

        void Follow(string line)
        {
            // "0 upgraded, 12 newly installed, …", "Get:3 …", "Setting up …": what apt-get prints without a terminal in the C locale.
            if (NewlyInstalled().Match(line) is { Success: true } match)
            {
                all = match.Groups["count"].Value;
            }
            else if (line.StartsWith("Get:", StringComparison.Ordinal))
            {
                step.Reached($"{++fetched} of {all} packages fetched");
            }
            else if (line.StartsWith("Setting up ", StringComparison.Ordinal))
            {
                step.Reached($"{++installed} of {all} packages installed");
            }
        }
    }

    [GeneratedRegex(", (?<count>[0-9]+) newly installed", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex NewlyInstalled();

    private static string LastError(CommandResult result) =>
        result
            .Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .LastOrDefault(line => line.StartsWith("E:", StringComparison.Ordinal))
        ?? "apt-get update told no error; is this Debian 12?";
}
