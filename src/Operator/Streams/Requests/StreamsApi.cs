namespace Stromboli.Operator.Streams.Requests;

/// <summary>The API group of the streams.</summary>
internal static class StreamsApi
{
    /// <summary>The group.</summary>
    public const string Group = "streams.stromboli.dev";

    /// <summary>The version.</summary>
    public const string Version = "v1alpha1";

    /// <summary>Group and version, as in <c>apiVersion</c>.</summary>
    public const string GroupVersion = $"{Group}/{Version}";

    /// <summary>The name of the APIService.</summary>
    public const string ServiceName = $"{Version}.{Group}";

    /// <summary>All subresources that can be read.</summary>
    public static readonly IReadOnlyList<StreamResource> Resources =
    [
        new("agentruns", "log", "AgentRun", "The log of a run."),
        new("agentruns", "files", "AgentRun", "A file or a directory of a run's workspace."),
        new("agentruns", "diff", "AgentRun", "What a run changed in its workspace."),
        new("agentsessions", "messages", "AgentSession", "The conversation of a session."),
        new("agentsessions", "files", "AgentSession", "A file or a directory of a session's workspace."),
    ];
}

/// <summary>A subresource that can be read.</summary>
/// <param name="Resource">The plural of the resource.</param>
/// <param name="Subresource">The name of the subresource.</param>
/// <param name="Kind">The kind that the subresource belongs to, in the group <c>stromboli.dev</c>.</param>
/// <param name="Description">A sentence for the OpenAPI document.</param>
internal sealed record StreamResource(string Resource, string Subresource, string Kind, string Description)
{
    /// <summary>As in RBAC: <c>agentruns/log</c>.</summary>
    public string FullName => $"{Resource}/{Subresource}";
}
