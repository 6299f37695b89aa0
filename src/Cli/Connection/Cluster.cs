using Stromboli.Cli.Output;
using Stromboli.Crds.Schema;
using Stromboli.Kubernetes;
using Stromboli.Kubernetes.Model;

namespace Stromboli.Cli.Connection;

/// <summary>The cluster that a command works on.</summary>
internal sealed class Cluster : IDisposable
{
    /// <summary>Makes one; it connects when first used.</summary>
    public Cluster(KubeConfig config, TimeSpan requestTimeout, TimeProvider clock)
    {
        Namespace = config.Namespace is { Length: > 0 } own ? own : "default";
        // Fewer repeats than a controller: a person waits, and would rather know.
        Client = new KubeClient(
            config,
            new KubeClientOptions
            {
                RequestTimeout = requestTimeout,
                MaxRetries = 2,
                UserAgent = "kubectl-stromboli",
                FieldManager = "kubectl-stromboli",
            },
            clock
        );
    }

    /// <summary>The client.</summary>
    public KubeClient Client { get; }

    /// <summary>The namespace of the command.</summary>
    public string Namespace { get; }

    /// <summary>The key of an object in the namespace.</summary>
    /// <exception cref="UsageException">The name cannot be one.</exception>
    public NamespacedName Key(string name) => new(Namespace, Checked(name));

    /// <summary>The API path of the objects of a kind in a namespace, or in all if that is null.</summary>
    public static string PathOf<T>(ResourceType<T> type, string? ns)
        where T : class, IKubernetesObject =>
        type.Namespaced && ns is not null
            ? $"/apis/{type.ApiVersion}/namespaces/{Uri.EscapeDataString(ns)}/{type.Plural}"
            : $"/apis/{type.ApiVersion}/{type.Plural}";

    /// <summary>The API path of one object.</summary>
    public static string PathOf<T>(ResourceType<T> type, NamespacedName key)
        where T : class, IKubernetesObject =>
        $"{PathOf(type, type.Namespaced ? key.Namespace : null)}/{Uri.EscapeDataString(Checked(key.Name))}";

    /// <summary>How kubectl names an object: <c>agentrun.stromboli.dev/hello</c>.</summary>
    public static string Reference<T>(ResourceType<T> type, string? name)
        where T : class, IKubernetesObject => $"{type.Kind.ToLowerInvariant()}.{ApiGroup.Name}/{SafeText.Line(name)}";

    /// <summary>A name that is not empty and names no other path, also without its kind: <c>agentrun/hello</c> is <c>hello</c>.</summary>
    /// <exception cref="UsageException">The name cannot be one.</exception>
    public static string Checked(string name)
    {
        var slash = name.IndexOf('/', StringComparison.Ordinal);
        var (kind, plain) = slash < 0 ? ("agentrun", name) : (name[..slash], name[(slash + 1)..]);
        return IsWord(kind) && IsWord(plain) ? plain : throw new UsageException($"'{SafeText.Line(name)}' is not a name");
    }

    private static bool IsWord(string text) =>
        text.Length > 0 && char.IsAsciiLetterOrDigit(text[0]) && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.');

    /// <inheritdoc/>
    public void Dispose() => Client.Dispose();
}
