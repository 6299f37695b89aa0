namespace Stromboli.EndToEnd.Images;

/// <summary>Runs that print the file /word of their image.</summary>
internal static class ImageRun
{
    /// <summary>The document of such a run.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="image">The image.</param>
    /// <param name="policy">The pull policy; the default if null.</param>
    /// <param name="secrets">The Secrets to pull it with.</param>
    public static string Yaml(string name, string image, string? policy = null, params string[] secrets) =>
        $$"""
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata:
              name: {{name}}
            spec:
              prompt: not read
              nodeName: node-1
              agent:
                command: [cat, /word]
              image: {{image}}
              {{(policy is null ? "" : $"imagePullPolicy: {policy}")}}
              imagePullSecrets: [{{string.Join(", ", secrets.Select(secret => $"{{name: {secret}}}"))}}]
            """;
}
