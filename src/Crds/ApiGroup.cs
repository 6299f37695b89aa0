namespace Stromboli.Crds;

/// <summary>The names of the API group that every kind here belongs to.</summary>
public static class ApiGroup
{
    /// <summary>The group.</summary>
    public const string Name = "stromboli.dev";

    /// <summary>The version served and stored.</summary>
    public const string Version = "v1alpha1";

    /// <summary>The <c>apiVersion</c> of every object.</summary>
    public const string ApiVersion = Name + "/" + Version;

    /// <summary>The category: <c>kubectl get stromboli</c> lists every kind.</summary>
    public const string Category = "stromboli";
}
