using System.Text.RegularExpressions;
using Stromboli.Crds.Schema;

namespace Stromboli.Crds.Validation;

/// <summary><see cref="Patterns"/>, compiled.</summary>
internal static partial class PatternRegexes
{
    private const RegexOptions Options = RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;

    // Texts are bounded before they are matched. The timeout is a second defence against backtracking that blocks the operator.
    private const int TimeoutMilliseconds = 1000;

    [GeneratedRegex(Patterns.NoNul, Options, TimeoutMilliseconds)]
    internal static partial Regex NoNul { get; }

    [GeneratedRegex(Patterns.Image, Options, TimeoutMilliseconds)]
    internal static partial Regex Image { get; }

    [GeneratedRegex(Patterns.Path, Options, TimeoutMilliseconds)]
    internal static partial Regex Path { get; }

    [GeneratedRegex(Patterns.PlainPath, Options, TimeoutMilliseconds)]
    internal static partial Regex PlainPath { get; }

    [GeneratedRegex(Patterns.ReservedMount, Options, TimeoutMilliseconds)]
    internal static partial Regex ReservedMount { get; }

    [GeneratedRegex(Patterns.PodmanSecret, Options, TimeoutMilliseconds)]
    internal static partial Regex PodmanSecret { get; }

    [GeneratedRegex(Patterns.ReservedPath, Options, TimeoutMilliseconds)]
    internal static partial Regex ReservedPath { get; }

    [GeneratedRegex(Patterns.OwnMount, Options, TimeoutMilliseconds)]
    internal static partial Regex OwnMount { get; }

    [GeneratedRegex(Patterns.EnvName, Options, TimeoutMilliseconds)]
    internal static partial Regex EnvName { get; }

    [GeneratedRegex(Patterns.ProtectedEnv, Options, TimeoutMilliseconds)]
    internal static partial Regex ProtectedEnv { get; }

    [GeneratedRegex(Patterns.HttpsUrl, Options, TimeoutMilliseconds)]
    internal static partial Regex HttpsUrl { get; }

    [GeneratedRegex(Patterns.WebhookUrl, Options, TimeoutMilliseconds)]
    internal static partial Regex WebhookUrl { get; }

    [GeneratedRegex(Patterns.GitUrl, Options, TimeoutMilliseconds)]
    internal static partial Regex GitUrl { get; }

    [GeneratedRegex(Patterns.GitRef, Options, TimeoutMilliseconds)]
    internal static partial Regex GitRef { get; }

    [GeneratedRegex(Patterns.NoGitRef, Options, TimeoutMilliseconds)]
    internal static partial Regex NoGitRef { get; }

    [GeneratedRegex(Patterns.PushBranch, Options, TimeoutMilliseconds)]
    internal static partial Regex PushBranch { get; }

    [GeneratedRegex(Patterns.PushTemplate, Options, TimeoutMilliseconds)]
    internal static partial Regex PushTemplate { get; }

    [GeneratedRegex(Patterns.CommitMessage, Options, TimeoutMilliseconds)]
    internal static partial Regex CommitMessage { get; }

    [GeneratedRegex(Patterns.CommitAuthor, Options, TimeoutMilliseconds)]
    internal static partial Regex CommitAuthor { get; }

    [GeneratedRegex(Patterns.RepositoryPath, Options, TimeoutMilliseconds)]
    internal static partial Regex RepositoryPath { get; }

    [GeneratedRegex(Patterns.NoPushBranch, Options, TimeoutMilliseconds)]
    internal static partial Regex NoPushBranch { get; }

    [GeneratedRegex(Patterns.ModelName, Options, TimeoutMilliseconds)]
    internal static partial Regex ModelName { get; }

    [GeneratedRegex(Patterns.Tool, Options, TimeoutMilliseconds)]
    internal static partial Regex Tool { get; }

    [GeneratedRegex(Patterns.ModelNames, Options, TimeoutMilliseconds)]
    internal static partial Regex ModelNames { get; }

    [GeneratedRegex(Patterns.ToolName, Options, TimeoutMilliseconds)]
    internal static partial Regex ToolName { get; }

    [GeneratedRegex(Patterns.AgentName, Options, TimeoutMilliseconds)]
    internal static partial Regex AgentName { get; }

    [GeneratedRegex(Patterns.Beta, Options, TimeoutMilliseconds)]
    internal static partial Regex Beta { get; }

    [GeneratedRegex(Patterns.DebugFilter, Options, TimeoutMilliseconds)]
    internal static partial Regex DebugFilter { get; }

    [GeneratedRegex(Patterns.AbsolutePath, Options, TimeoutMilliseconds)]
    internal static partial Regex AbsolutePath { get; }

    [GeneratedRegex(Patterns.FileSpec, Options, TimeoutMilliseconds)]
    internal static partial Regex FileSpec { get; }

    [GeneratedRegex(Patterns.ExtraArgument, Options, TimeoutMilliseconds)]
    internal static partial Regex ExtraArgument { get; }

    [GeneratedRegex(Patterns.OwnedArgument, Options, TimeoutMilliseconds)]
    internal static partial Regex OwnedArgument { get; }

    [GeneratedRegex(Patterns.JsonObject, Options, TimeoutMilliseconds)]
    internal static partial Regex JsonObject { get; }

    [GeneratedRegex(Patterns.JsonObjectOrPath, Options, TimeoutMilliseconds)]
    internal static partial Regex JsonObjectOrPath { get; }

    [GeneratedRegex(Patterns.Dollars, Options, TimeoutMilliseconds)]
    internal static partial Regex Dollars { get; }

    [GeneratedRegex(Patterns.Uuid, Options, TimeoutMilliseconds)]
    internal static partial Regex Uuid { get; }

    [GeneratedRegex(Patterns.DataKey, Options, TimeoutMilliseconds)]
    internal static partial Regex DataKey { get; }

    [GeneratedRegex(Patterns.DnsSubdomain, Options, TimeoutMilliseconds)]
    internal static partial Regex DnsSubdomain { get; }

    [GeneratedRegex(Patterns.LabelKey, Options, TimeoutMilliseconds)]
    internal static partial Regex LabelKey { get; }

    [GeneratedRegex(Patterns.LabelValue, Options, TimeoutMilliseconds)]
    internal static partial Regex LabelValue { get; }

    [GeneratedRegex(Patterns.RetryReason, Options, TimeoutMilliseconds)]
    internal static partial Regex RetryReason { get; }

    [GeneratedRegex(Patterns.Money, Options, TimeoutMilliseconds)]
    internal static partial Regex Money { get; }

    [GeneratedRegex(Patterns.Duration, Options, TimeoutMilliseconds)]
    internal static partial Regex Duration { get; }
}
