using System.Text.Json.Nodes;
using Stromboli.Testbed.Kube;
using Stromboli.Testbed.Stacks;

namespace Stromboli.Testbed.Nodes;

/// <summary>
/// Does what an admin does for a plain host that joins: makes a ServiceAccount, the right to connect as that one node, and the AgentNode
/// with its labels.
/// </summary>
public static class NodeGrant
{
    /// <summary>The ServiceAccount of a node.</summary>
    public static string AccountOf(string node) => $"stromboli-node-{node}";

    /// <summary>A token with which the node's bridge may connect.</summary>
    public static Task<string> TokenAsync(ControlPlane plane, string node, CancellationToken cancellationToken) =>
        plane.Http.RequestTokenAsync(OperatorProcess.Namespace, AccountOf(node), "stromboli", cancellationToken);

    /// <summary>Makes what is missing.</summary>
    public static async Task EnsureAsync(
        ControlPlane plane,
        string node,
        IReadOnlyDictionary<string, string> labels,
        CancellationToken cancellationToken
    )
    {
        var account = AccountOf(node);
        await plane.EnsureAccountAsync(OperatorProcess.Namespace, account, cancellationToken);
        var role = $$"""
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRole
            metadata: {name: {{account}}}
            rules: [{apiGroups: [stromboli.dev], resources: [agentnodes], resourceNames: [{{node}}], verbs: [connect]}]
            """;
        var binding = $$"""
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRoleBinding
            metadata: {name: {{account}}}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: {{account}}}
            subjects: [{kind: ServiceAccount, namespace: {{OperatorProcess.Namespace}}, name: {{account}}}]
            """;
        await plane.Http.CreateIfMissingAsync("/apis/rbac.authorization.k8s.io/v1/clusterroles", role, cancellationToken);
        await plane.Http.CreateIfMissingAsync("/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", binding, cancellationToken);

        var spec = new JsonObject
        {
            ["labels"] = new JsonObject(labels.Select(label => KeyValuePair.Create(label.Key, (JsonNode?)label.Value))),
        };
        var agentNode = new JsonObject
        {
            ["apiVersion"] = "stromboli.dev/v1alpha1",
            ["kind"] = "AgentNode",
            ["metadata"] = new JsonObject { ["name"] = node },
            ["spec"] = spec,
        };
        await plane.Http.CreateIfMissingAsync("/apis/stromboli.dev/v1alpha1/agentnodes", agentNode.ToJsonString(), cancellationToken);
        await Poll.UntilAsync(
            $"{account} may connect as {node}",
            Poll.Timeout,
            token => MayConnectAsync(plane, node, token),
            cancellationToken
        );
    }

    // The API server's authorizer learns of a binding a moment after it is stored. A bridge would try again, a simulated node does not.
    private static async Task<bool> MayConnectAsync(ControlPlane plane, string node, CancellationToken cancellationToken)
    {
        var attributes = new JsonObject
        {
            ["group"] = "stromboli.dev",
            ["resource"] = "agentnodes",
            ["name"] = node,
            ["verb"] = "connect",
        };
        var review = new JsonObject
        {
            ["apiVersion"] = "authorization.k8s.io/v1",
            ["kind"] = "SubjectAccessReview",
            ["spec"] = new JsonObject
            {
                ["user"] = $"system:serviceaccount:{OperatorProcess.Namespace}:{AccountOf(node)}",
                ["resourceAttributes"] = attributes,
            },
        };
        var answer = await plane.Http.CreateAsync("/apis/authorization.k8s.io/v1/subjectaccessreviews", review, cancellationToken);
        return answer["status"]!["allowed"]!.GetValue<bool>();
    }
}
