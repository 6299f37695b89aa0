using System.CommandLine;
using System.CommandLine.Parsing;
using Stromboli.Gateway.Git;
using Stromboli.PodmanBridge.Configuration;
using Stromboli.PodmanBridge.Images;

namespace Stromboli.PodmanBridge.Hosting;

/// <summary>The bridge's command line, as far as repositories go.</summary>
internal sealed class GitOptions
{
    /// <summary>Creates the options. An invalid value is reported as one sentence.</summary>
    public GitOptions()
    {
        Image.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } image && ImageReference.Parse(image) is null)
            {
                result.AddError($"--git-image: '{image}' is not a fully qualified name, such as registry.example.com/tools/git:1.");
            }
        });
        MaxBytes.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<long>() < 1)
            {
                result.AddError("--git-max-bytes must be at least 1.");
            }
        });
        MaxPushBytes.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<long>() < 1)
            {
                result.AddError("--git-max-push-bytes must be at least 1.");
            }
        });
    }

    /// <summary><c>--git-image</c>.</summary>
    public Option<string?> Image { get; } =
        new("--git-image")
        {
            Description =
                "The image, with sh and git in it, that repositories are cloned in (images/git has a recipe); without it the node takes no runs with workspace.git.",
        };

    /// <summary><c>--git-ca-file</c>.</summary>
    public Option<string?> CaFile { get; } =
        new("--git-ca-file")
        {
            HelpName = BridgePath.HelpName,
            CustomParser = BridgePath.Parse,
            Description = "Authorities, in PEM, that are trusted for Git servers beside the system's own.",
        };

    /// <summary><c>--allow-git-origin</c>.</summary>
    public Option<string[]> AllowedOrigins { get; } =
        new("--allow-git-origin")
        {
            Description =
                "An origin, https://HOST[:PORT], whose repositories may be cloned although its address is not public, such as a company's own server; may be given several times.",
            CustomParser = ParseOrigins,
        };

    /// <summary><c>--git-max-bytes</c>.</summary>
    public Option<long> MaxBytes { get; } =
        new("--git-max-bytes")
        {
            Description = "The most that one clone receives, in bytes.",
            DefaultValueFactory = _ => BridgeOptions.DefaultGitMaxBytes,
        };

    /// <summary><c>--git-max-push-bytes</c>.</summary>
    public Option<long> MaxPushBytes { get; } =
        new("--git-max-push-bytes")
        {
            Description = "The most that one push sends, in bytes.",
            DefaultValueFactory = _ => BridgeOptions.DefaultGitMaxPushBytes,
        };

    private static string[] ParseOrigins(ArgumentResult result)
    {
        var origins = new List<string>();
        foreach (var token in result.Tokens)
        {
            if (
                Uri.TryCreate(token.Value, UriKind.Absolute, out var address)
                && address.AbsolutePath == "/"
                && GitRemote.OriginOf(address) is { } origin
            )
            {
                origins.Add(origin);
            }
            else
            {
                result.AddError($"--allow-git-origin: '{token.Value}' is not an https origin, such as https://git.example.com.");
            }
        }

        return [.. origins];
    }
}
