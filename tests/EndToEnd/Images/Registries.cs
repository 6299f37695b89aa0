using System.Runtime.CompilerServices;
using System.Text;
using Stromboli.EndToEnd.Harness;
using Stromboli.Testbed;
using Stromboli.Testbed.Registries;
using Stromboli.Testbed.Stacks;

namespace Stromboli.EndToEnd.Images;

/// <summary>
/// The registries of a stack, which start when the first case asks for them. The user of every node is logged in to the private one, so
/// each case that is refused there also shows that the node's own login is not used.
/// </summary>
internal sealed class Registries
{
    /// <summary>The user of the private registry.</summary>
    public const string User = "alice";

    /// <summary>That user's password.</summary>
    public const string Password = "pull-pass-of-alice-7f31";

    private static readonly ConditionalWeakTable<Stack, Lazy<Task<Registries>>> Known = [];

    private readonly Stack _stack;

    private Registries(Stack stack)
    {
        _stack = stack;
        Open = new ImageRegistry(stack.Home, ImageRegistry.Open);
        Private = new ImageRegistry(
            stack.Home,
            ImageRegistry.Private,
            new Dictionary<string, string> { [User] = Password, ["node"] = "login-of-the-node-9d02" }
        );
    }

    /// <summary>The registry that is open to all.</summary>
    public ImageRegistry Open { get; }

    /// <summary>The registry that requires a login.</summary>
    public ImageRegistry Private { get; }

    /// <summary>The registries of the scene's stack.</summary>
    public static Task<Registries> OfAsync(Scene scene) => Known.GetValue(scene.Stack, stack => new(() => StartAsync(stack))).Value;

    /// <summary>Makes a unique image with a file /word and pushes it. No node keeps it.</summary>
    /// <returns>Its name.</returns>
    public async Task<string> PushAsync(ImageRegistry registry, string repository, string word)
    {
        const string script = """
            set -e; d=$(mktemp -d); trap 'rm -rf "$d"' EXIT
            printf %s "$2" > "$d/word"
            printf 'FROM registry.test/busybox:1\nCOPY word /word\nLABEL word="%s"\n' "$2" > "$d/Containerfile"
            podman build --quiet --network none --tag "$1" "$d" > "$d/id"
            """;
        var node = _stack.Nodes[0].Machine;
        var local = $"build.test/{Guid.NewGuid():N}:1";
        (await node.RunAsync(["sh", "-c", script, "build", local, word])).OrThrow("podman build");
        var name = await registry.PushAsync(node, local, repository, registry == Private ? User : null);
        // The image cannot be removed while the bridge inspects it.
        await Poll.UntilAsync(
            $"{local} is removed",
            Poll.Timeout,
            async token => (await node.RunAsync(["podman", "rmi", local], cancellationToken: token)).Succeeded
        );
        return name;
    }

    /// <summary>A Secret with a login for the private registry.</summary>
    public string SecretYaml(string name, string user = User, string password = Password, string? use = "pull") =>
        $$"""
            apiVersion: v1
            kind: Secret
            type: kubernetes.io/dockerconfigjson
            metadata:
              name: {{name}}
              annotations: { {{(use is null ? "" : $"stromboli.dev/use-as: \"{use}\"")}} }
            data:
              .dockerconfigjson: {{Convert.ToBase64String(
                Encoding.UTF8.GetBytes(
                    $$"""{"auths": {"https://{{Private.Address}}": {"auth": "{{Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"))}}"} } }"""
                )
            )}}
            """;

    private static async Task<Registries> StartAsync(Stack stack)
    {
        var registries = new Registries(stack);
        foreach (var registry in new[] { registries.Open, registries.Private })
        {
            await registry.StartAsync();
            foreach (var node in stack.Nodes)
            {
                await registry.TrustAsync(node.Machine);
            }
        }

        foreach (var node in stack.Nodes)
        {
            await registries.Private.LogInAsync(node.Machine, "node", "login-of-the-node-9d02");
        }

        return registries;
    }
}
