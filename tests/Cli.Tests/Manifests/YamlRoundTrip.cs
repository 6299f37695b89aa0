using Stromboli.Cli.Manifests;

namespace Stromboli.Cli.Tests.Manifests;

/// <summary>Reads what was written.</summary>
internal static class YamlRoundTrip
{
    /// <summary>The field <c>text</c> of a document.</summary>
    public static string? TextOf(string yaml) => JsonPath.Text(YamlManifest.Read(yaml, "it").Single(), "text");
}
