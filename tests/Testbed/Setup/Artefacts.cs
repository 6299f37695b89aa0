using Stromboli.Testbed.Processes;

namespace Stromboli.Testbed.Setup;

/// <summary>Everything the cache holds.</summary>
public static class Artefacts
{
    private static readonly BuildTool Debootstrap = new("/usr/sbin/debootstrap", "debootstrap");
    private static readonly BuildTool Jq = new("jq", "jq");

    /// <summary>etcd and a static busybox.</summary>
    public static Artefact Binaries { get; } = new("debian-binaries-1", "etcd and busybox", "debs.sh")
    {
        Arguments = ["etcd-server=usr/bin/etcd", "busybox-static=bin/busybox"],
    };

    /// <summary>kubectl, for machines without one.</summary>
    public static Artefact KubectlBinary { get; } = new("kubectl-1", "kubectl", "debs.sh") { Arguments = ["kubernetes-client=usr/bin/kubectl"] };

    /// <summary>kube-apiserver and kube-controller-manager.</summary>
    public static Artefact Kubernetes { get; } = new("kubernetes-1.20.2-2", "kube-apiserver and kube-controller-manager 1.20.2", "kubernetes.sh")
    {
        Tools =
        [
            new("/usr/lib/go-1.19/bin/go", "golang-1.19-go"), new("rsync", "rsync"), Jq, new("dpkg-source", "dpkg-dev"), new("make", "make"), new("gcc", "gcc"),
            new("patch", "patch"), new("xz", "xz-utils"),
        ],
    };

    /// <summary>A CRD server of a current Kubernetes: CEL rules, selectable fields.</summary>
    public static Artefact CrdServer { get; } = new("crd-server-sid-1", "CRD server of a current Kubernetes", "crd-server.sh") { Tools = [Debootstrap], Optional = true };

    /// <summary>The root of a node: Debian 13 with rootless Podman 5.</summary>
    public static Artefact NodeRoot { get; } = new("node-trixie-2", "root of a node with Podman", "node-root.sh") { Tools = [Debootstrap] };

    /// <summary>A registry of images.</summary>
    public static Artefact Registry { get; } = new("docker-registry-1", "registry of images", "debs.sh") { Arguments = ["docker-registry=usr/bin/docker-registry"] };

    /// <summary>musl's C library, which is also its loader.</summary>
    public static Artefact Musl { get; } = new("musl-1", "musl", "debs.sh") { Arguments = ["musl=lib/x86_64-linux-musl/libc.so"] };

    /// <summary>The Claude Code CLI.</summary>
    public static Artefact Claude { get; } = new($"claude-{ClaudeVersion}-1", $"Claude Code CLI {ClaudeVersion}", "claude.sh")
    {
        Environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["CLAUDE_VERSION"] = ClaudeVersion },
    };

    /// <summary>The test images as archives.</summary>
    public static Artefact Images { get; } = new("images-2", "test images", "images.sh")
    {
        Needs = [Binaries],
        Environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["BUSYBOX"] = Binaries.At("busybox") },
        Tools = [Debootstrap, Jq],
    };

    /// <summary>Everything this machine needs.</summary>
    public static IReadOnlyList<Artefact> All { get; } =
        [Binaries, .. Command.Exists("kubectl") ? Array.Empty<Artefact>() : [KubectlBinary], Kubernetes, CrdServer, NodeRoot, Registry, Musl, Claude, Images];

    /// <summary>The kubectl to use: the machine's own, else the one in the cache.</summary>
    public static string Kubectl => Command.Find("kubectl") ?? KubectlBinary.At("kubectl");

    /// <summary>The exact version of <c>@anthropic-ai/claude-code-linux-x64</c>.</summary>
    public const string ClaudeVersion = "2.1.329";
}
