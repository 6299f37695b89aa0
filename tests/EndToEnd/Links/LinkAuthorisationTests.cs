using Stromboli.EndToEnd.Harness;
using Stromboli.NodeLink;
using Stromboli.NodeLink.Messages;
using Stromboli.Testbed;

namespace Stromboli.EndToEnd.Links;

/// <summary>Which account may connect as which node: TokenReview, audience, and the right to <c>connect</c>.</summary>
public sealed class LinkAuthorisationTests(StackFixture stacks) : EndToEndTests(stacks)
{
    [Fact]
    public async Task Connect_WithInvalidTokens_IsRefusedWithOneClearLineEach()
    {
        var scene = await OnSharedStackAsync();
        var stranger = await GrantAsync(scene, "stranger");
        var other = $"{scene.Namespace}-other";
        var good = await TokenAsync(scene, "stranger", ConnectTokens.Audience);
        var now = DateTimeOffset.UtcNow;

        await AssertRefusedAsync(scene, stranger, "not-a-token", RefusalReason.Unauthenticated, "does not accept the token");
        await AssertRefusedAsync(scene, stranger, $"{good[..^6]}AAAAAA", RefusalReason.Unauthenticated, "does not accept the token");
        await AssertRefusedAsync(
            scene,
            stranger,
            await TokenAsync(scene, "stranger", audience: null),
            RefusalReason.Unauthenticated,
            "token"
        );
        await AssertRefusedAsync(
            scene,
            stranger,
            ConnectTokens.WithTimes(scene, good, now.AddHours(-2), now.AddHours(-1)),
            RefusalReason.Unauthenticated,
            "does not accept the token"
        );
        await AssertRefusedAsync(scene, other, good, RefusalReason.Forbidden, $"may not connect agentnodes.stromboli.dev/{other}");
        // The forged token has only other times than the original. With the API server's key it is accepted, so the refusals above are due
        // to the times.
        await AssertWelcomeAsync(scene, stranger, ConnectTokens.WithTimes(scene, good, now, now.AddHours(1)));
        await AssertWelcomeAsync(scene, stranger, good);
    }

    [Fact]
    public async Task Connect_WithAGrantOnAllNodes_CountsOnlyForThePodsNode()
    {
        var scene = await OnSharedStackAsync();
        await GrantAllAsync(scene, "bridges");
        var (here, elsewhere) = ($"{scene.Namespace}-here", $"{scene.Namespace}-elsewhere");
        var pod = await scene.Stack.Http.CreateAsync(
            $"/api/v1/namespaces/{scene.Namespace}/pods",
            $$"""
            apiVersion: v1
            kind: Pod
            metadata: {name: bridge}
            spec:
              nodeName: {{here}}
              serviceAccountName: bridges
              automountServiceAccountToken: false
              containers: [{name: bridge, image: registry.test/busybox:1}]
            """
        );
        var bound = await ConnectTokens.OfPodAsync(scene, "bridges", "bridge", pod["metadata"]!["uid"]!.ToString());

        await AssertRefusedAsync(
            scene,
            here,
            await TokenAsync(scene, "bridges", ConnectTokens.Audience),
            RefusalReason.Forbidden,
            "only with a token that is bound to a pod"
        );
        await AssertRefusedAsync(scene, elsewhere, bound, RefusalReason.Forbidden, $"does not run on node {elsewhere}");
        await AssertWelcomeAsync(scene, here, bound);

        await scene.KubectlAsync("delete", "pod", "bridge", "--force", "--grace-period=0");
        // The API server may still accept the token for some seconds. The pod is looked up in any case.
        var refused = await Assert.ThrowsAsync<NodeLinkRefusedException>(() => HandmadeBridge.DialAsync(scene, here, bound));
        Assert.Matches("does not accept the token|The token's pod .* is gone", refused.Message);
    }

    [Fact]
    public async Task Hello_ForANodeOtherThanTheTokens_IsRefused()
    {
        var scene = await OnSharedStackAsync();
        var node = await GrantAsync(scene, "stranger");
        await using var bridge = await HandmadeBridge.DialAsync(scene, node, await TokenAsync(scene, "stranger", ConnectTokens.Audience));

        bridge.Hello(scene.Stack.Nodes[0].Name);

        var refused = Assert.IsType<Refused>(await bridge.ReceiveAsync());
        Assert.Equal(RefusalReason.Forbidden, refused.Reason);
        await LoggedAsync(scene, $"Refused the link of node {node} (Forbidden)");
    }

    [Fact]
    public async Task Hello_OfASecondBridgeOfANode_FencesTheFirst()
    {
        var scene = await OnSharedStackAsync();
        var node = await GrantAsync(scene, "twin");
        var token = await TokenAsync(scene, "twin", ConnectTokens.Audience);
        await using var first = await HandmadeBridge.DialAsync(scene, node, token);
        first.Hello(node);
        await first.PingAsync(1);
        await using var second = await HandmadeBridge.DialAsync(scene, node, token);

        second.Hello(node);
        await second.PingAsync(1);

        Assert.Equal(RefusalReason.Fenced, (await first.ReceiveAsync<Refused>()).Reason);
        await Assert.ThrowsAsync<ChannelEndedException>(first.ReceiveAsync);
        await second.PingAsync(2);
        await LoggedAsync(scene, $"Node {node} was already connected");
    }

    /// <summary>An account in the case's namespace that may connect as one node. The node is named after the case.</summary>
    internal static async Task<string> GrantAsync(Scene scene, string account)
    {
        var node = $"{scene.Namespace}-{account}";
        await GrantAsync(scene, account, $", resourceNames: [{node}]");
        return node;
    }

    internal static Task<string> TokenAsync(Scene scene, string account, string? audience) =>
        scene.Stack.Http.RequestTokenAsync(scene.Namespace, account, audience);

    private static Task GrantAllAsync(Scene scene, string account) => GrantAsync(scene, account, "");

    private static async Task GrantAsync(Scene scene, string account, string names) =>
        await scene.ApplyAsync(
            $$"""
            apiVersion: v1
            kind: ServiceAccount
            metadata: {name: {{account}}}
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRole
            metadata: {name: {{scene.Namespace}}-{{account}}}
            rules: [{apiGroups: [stromboli.dev], resources: [agentnodes], verbs: [connect]{{names}}}]
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRoleBinding
            metadata: {name: {{scene.Namespace}}-{{account}}}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: {{scene.Namespace}}-{{account}}}
            subjects: [{kind: ServiceAccount, namespace: {{scene.Namespace}}, name: {{account}}}]
            """
        );

    private static async Task AssertRefusedAsync(Scene scene, string node, string token, RefusalReason reason, string sentence)
    {
        var before = Refusals(scene, node).Count;

        var refused = await Assert.ThrowsAsync<NodeLinkRefusedException>(() => HandmadeBridge.DialAsync(scene, node, token));

        Assert.Equal(reason, refused.Reason);
        Assert.Contains(sentence, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(token, scene.Stack.Operator.ReadLog(), StringComparison.Ordinal);
        await Poll.UntilAsync("the refusal is in the log", Poll.Timeout, () => Refusals(scene, node).Count > before, Cancelled);
        var line = Assert.Single(Refusals(scene, node).Skip(before));
        Assert.Contains($"({reason}): {refused.Message}", line, StringComparison.Ordinal);
    }

    private static async Task AssertWelcomeAsync(Scene scene, string node, string token)
    {
        await using var bridge = await HandmadeBridge.DialAsync(scene, node, token);
        bridge.Hello(node);
        Assert.IsType<Welcome>(await bridge.ReceiveAsync());
    }

    private static List<string> Refusals(Scene scene, string node) =>
        [.. Lines(scene).Where(line => line.Contains($" as {node} (", StringComparison.Ordinal))];

    // The operator may write its log a moment after it answered.
    private static Task LoggedAsync(Scene scene, string text) =>
        Poll.UntilAsync(
            $"the operator logs once: {text}",
            Poll.Timeout,
            () => Lines(scene).Count(line => line.Contains(text, StringComparison.Ordinal)) == 1,
            Cancelled
        );

    private static string[] Lines(Scene scene) => scene.Stack.Operator.ReadLog().Split('\n');
}
