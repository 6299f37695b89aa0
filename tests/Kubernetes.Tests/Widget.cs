using System.Text.Json.Serialization;
using Stromboli.Kubernetes.Model;

namespace Stromboli.Kubernetes.Tests;

/// <summary>A custom resource with a status, as another assembly would declare it.</summary>
public sealed record Widget : IKubernetesObject
{
    public string ApiVersion { get; set; } = "example.com/v1";

    public string Kind { get; set; } = "Widget";

    public ObjectMeta Metadata { get; set; } = new();

    public WidgetSpec? Spec { get; set; }

    public WidgetStatus? Status { get; set; }

    public static ResourceType<Widget> Type { get; } =
        new("example.com", "v1", "widgets", "Widget", true, WidgetJson.Default.Widget, WidgetJson.Default.KubeListWidget);

    public static Widget Named(string name, string? node = null, string scope = "ns") =>
        new()
        {
            Metadata = new() { Namespace = scope, Name = name },
            Spec = new() { Node = node },
        };
}

public sealed record WidgetSpec
{
    public string? Node { get; set; }

    public string? Payload { get; set; }
}

public sealed record WidgetStatus
{
    public string? Phase { get; set; }

    public List<Condition>? Conditions { get; set; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(Widget))]
[JsonSerializable(typeof(KubeList<Widget>))]
internal sealed partial class WidgetJson : JsonSerializerContext;
