namespace Stromboli.Crds.Schema;

/// <summary>The names of the API group of every kind in this assembly.</summary>
public static class ApiGroup
{
    /// <summary>The group.</summary>
    public const string Name = "stromboli.dev";

    /// <summary>The version that is served and stored.</summary>
    public const string Version = "v1alpha1";

    /// <summary>The <c>apiVersion</c> of every object.</summary>
    public const string ApiVersion = Name + "/" + Version;

    /// <summary>The category: <c>kubectl get stromboli</c> lists objects of every kind.</summary>
    public const string Category = "stromboli";
}
