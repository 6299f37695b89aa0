namespace Stromboli.Testing.ApiServer;

/// <summary>
/// A request path in parts. <see cref="Resource"/> is <c>api/v1/secrets</c> or <c>apis/stromboli.dev/v1alpha1/agentruns</c>, for example.
/// </summary>
public sealed record RequestPath(string ApiVersion, string Resource, string Plural, string Namespace, string? Name, string? Subresource)
{
    public static RequestPath? Parse(string path)
    {
        var parts = path.Trim('/').Split('/').Select(Uri.UnescapeDataString).ToArray();
        var root = parts[0] switch
        {
            "api" => 2,
            "apis" => 3,
            _ => int.MaxValue,
        };
        if (parts.Length <= root)
        {
            return null;
        }

        var apiVersion = string.Join('/', parts[1..root]);
        var rest = parts[root..];
        var scope = "";
        if (rest.Length > 2 && rest[0] == "namespaces")
        {
            scope = rest[1];
            rest = rest[2..];
        }

        return new(
            apiVersion,
            $"{string.Join('/', parts[..root])}/{rest[0]}",
            rest[0],
            scope,
            rest.ElementAtOrDefault(1),
            rest.ElementAtOrDefault(2)
        );
    }
}
