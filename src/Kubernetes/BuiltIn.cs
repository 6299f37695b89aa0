using Stromboli.Kubernetes.Model;

namespace Stromboli.Kubernetes;

/// <summary>The built-in kinds that we use.</summary>
public static class BuiltIn
{
    /// <summary><see cref="Secret"/>.</summary>
    public static ResourceType<Secret> Secrets { get; } =
        new("", "v1", "secrets", "Secret", true, KubernetesJson.Default.Secret, KubernetesJson.Default.KubeListSecret);

    /// <summary><see cref="ConfigMap"/>.</summary>
    public static ResourceType<ConfigMap> ConfigMaps { get; } =
        new("", "v1", "configmaps", "ConfigMap", true, KubernetesJson.Default.ConfigMap, KubernetesJson.Default.KubeListConfigMap);

    /// <summary><see cref="Namespace"/>.</summary>
    public static ResourceType<Namespace> Namespaces { get; } =
        new("", "v1", "namespaces", "Namespace", false, KubernetesJson.Default.Namespace, KubernetesJson.Default.KubeListNamespace);

    /// <summary><see cref="Node"/>.</summary>
    public static ResourceType<Node> Nodes { get; } =
        new("", "v1", "nodes", "Node", false, KubernetesJson.Default.Node, KubernetesJson.Default.KubeListNode);

    /// <summary><see cref="Pod"/>.</summary>
    public static ResourceType<Pod> Pods { get; } =
        new("", "v1", "pods", "Pod", true, KubernetesJson.Default.Pod, KubernetesJson.Default.KubeListPod);

    /// <summary><see cref="Lease"/>.</summary>
    public static ResourceType<Lease> Leases { get; } =
        new("coordination.k8s.io", "v1", "leases", "Lease", true, KubernetesJson.Default.Lease, KubernetesJson.Default.KubeListLease);

    /// <summary><see cref="Event"/>.</summary>
    public static ResourceType<Event> Events { get; } =
        new("events.k8s.io", "v1", "events", "Event", true, KubernetesJson.Default.Event, KubernetesJson.Default.KubeListEvent);

    /// <summary><see cref="TokenReview"/>.</summary>
    public static ResourceType<TokenReview> TokenReviews { get; } =
        new(
            "authentication.k8s.io",
            "v1",
            "tokenreviews",
            "TokenReview",
            false,
            KubernetesJson.Default.TokenReview,
            KubernetesJson.Default.KubeListTokenReview
        );

    /// <summary><see cref="SubjectAccessReview"/>.</summary>
    public static ResourceType<SubjectAccessReview> SubjectAccessReviews { get; } =
        new(
            "authorization.k8s.io",
            "v1",
            "subjectaccessreviews",
            "SubjectAccessReview",
            false,
            KubernetesJson.Default.SubjectAccessReview,
            KubernetesJson.Default.KubeListSubjectAccessReview
        );

    /// <summary><see cref="APIService"/>.</summary>
    public static ResourceType<APIService> APIServices { get; } =
        new(
            "apiregistration.k8s.io",
            "v1",
            "apiservices",
            "APIService",
            false,
            KubernetesJson.Default.APIService,
            KubernetesJson.Default.KubeListAPIService
        );
}
