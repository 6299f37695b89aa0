namespace Stromboli.Kubernetes.Model;

/// <summary>What every Kubernetes object has (apimachinery's <c>TypeMeta</c> and <c>ObjectMeta</c>).</summary>
public interface IKubernetesObject
{
    /// <summary>Group and version, <c>v1</c> for the core group.</summary>
    string ApiVersion { get; }

    /// <summary>The kind, in CamelCase.</summary>
    string Kind { get; }

    /// <summary>Name, identity, version, labels.</summary>
    ObjectMeta Metadata { get; }
}
