using Stromboli.Testbed.Processes;

namespace Stromboli.Testbed.Setup;

/// <summary>Everything the cache holds.</summary>
public static class Artefacts
{
    private static readonly BuildTool Debootstrap = new("/usr/sbin/debootstrap", "debootstrap");
    private static readonly BuildTool Jq = new("jq", "jq");

    /// <summary>etcd and a static busybox.</summary>
    public static Artefact Binaries { get; } =
        new("debian-binaries-1", "etcd and busybox", "debs.sh") { Arguments = ["etcd-server=usr/bin/etcd", "busybox-static=bin/busybox"] };

    /// <summary>kubectl, for machines without one.</summary>
    public static Artefact KubectlBinary { get; } =
        new("kubectl-1", "kubectl", "debs.sh") { Arguments = ["kubernetes-client=usr/bin/kubectl"] };

    /// <summary>promtool, which judges pages for Prometheus.</summary>
    public static Artefact Promtool { get; } =
        new("promtool-1", "promtool", "debs.sh") { Arguments = ["prometheus=usr/bin/promtool"], Optional = true };

    /// <summary>The source of Kubernetes with its generated code, and what the Go compiler made of it.</summary>
    public static Artefact KubernetesSource { get; } =
        new("kubernetes-source-1.20.2-3", "source of kubernetes 1.20.2", "kubernetes-source.sh")
        {
            Tools =
            [
                new("/usr/lib/go-1.19/bin/go", "golang-1.19-go"),
                new("rsync", "rsync"),
                Jq,
                new("dpkg-source", "dpkg-dev"),
                new("make", "make"),
                new("gcc", "gcc"),
                new("patch", "patch"),
                new("xz", "xz-utils"),
            ],
        };

    /// <summary>kube-apiserver.</summary>
    public static Artefact KubeApiServer { get; } =
        new("kube-apiserver-1.20.2-3", "kube-apiserver 1.20.2", "kubernetes.sh")
        {
            Needs = [KubernetesSource],
            Arguments = [KubernetesSource.Folder, "kube-apiserver"],
        };

    /// <summary>kube-controller-manager; after kube-apiserver, with which it shares most of what is compiled.</summary>
    public static Artefact KubeControllerManager { get; } =
        new("kube-controller-manager-1.20.2-3", "kube-controller-manager 1.20.2", "kubernetes.sh")
        {
            Needs = [KubernetesSource, KubeApiServer],
            Arguments = [KubernetesSource.Folder, "kube-controller-manager"],
        };

    /// <summary>A CRD server of a current Kubernetes: CEL rules, selectable fields.</summary>
    public static Artefact CrdServer { get; } =
        new("crd-server-sid-1", "CRD server of a current Kubernetes", "crd-server.sh") { Tools = [Debootstrap], Optional = true };

    /// <summary>The root of a node: Debian 13 with rootless Podman 5.</summary>
    public static Artefact NodeRoot { get; } =
        new("node-trixie-2", "root of a node with Podman 5", "node-root.sh")
        {
            Tools = [Debootstrap],
            Arguments = ["trixie", "libssl3t64"],
        };

    /// <summary>The root of a node like a plain Debian 12 host, with Podman 4.3.1, the oldest supported version.</summary>
    public static Artefact PlainHostRoot { get; } =
        new("node-bookworm-1", "root of a node with Podman 4.3.1", "node-root.sh")
        {
            Tools = [Debootstrap],
            Arguments = ["bookworm", "libssl3"],
        };

    /// <summary>A registry of images.</summary>
    public static Artefact Registry { get; } =
        new("docker-registry-1", "registry of images", "debs.sh") { Arguments = ["docker-registry=usr/bin/docker-registry"] };

    /// <summary>musl's C library, which is also its loader.</summary>
    public static Artefact Musl { get; } = new("musl-1", "musl", "debs.sh") { Arguments = ["musl=lib/x86_64-linux-musl/libc.so"] };

    /// <summary>The Claude Code CLI.</summary>
    public static Artefact Claude { get; } =
        new($"claude-{ClaudeVersion}-1", $"Claude Code CLI {ClaudeVersion}", "claude.sh")
        {
            Environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["CLAUDE_VERSION"] = ClaudeVersion },
        };

    /// <summary>The default image of agents, as an archive.</summary>
    public static Artefact AgentImage { get; } =
        new("image-agent-3", "agent's image", "images.sh") { Arguments = ["agent"], Tools = [Debootstrap, Jq] };

    /// <summary>The images that only tests use, as archives.</summary>
    public static Artefact TestImages { get; } =
        new("images-test-3", "test images", "images.sh")
        {
            Needs = [Binaries],
            Arguments = ["busybox", "hostile", "annotated"],
            Environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["BUSYBOX"] = Binaries.At("busybox") },
            Tools = [Debootstrap, Jq],
        };

    /// <summary>What <c>make demo</c> and <c>make up</c> need. Further artefacts are used if they exist.</summary>
    public static IReadOnlyList<Artefact> ForUse { get; } =
    [Binaries, .. Command.Exists("kubectl") ? Array.Empty<Artefact>() : [KubectlBinary], KubeApiServer, NodeRoot, Claude, AgentImage];

    /// <summary>What the tests need.</summary>
    public static IReadOnlyList<Artefact> ForTests { get; } =
    [.. ForUse, KubeControllerManager, CrdServer, PlainHostRoot, Registry, Musl, Promtool, TestImages];

    /// <summary>The images that nodes have from the start.</summary>
    public static IEnumerable<Artefact> Images => new[] { AgentImage, TestImages }.Where(artefact => artefact.Exists);

    /// <summary>Removes artefacts that nothing needs any more.</summary>
    internal static void DropIntermediates()
    {
        if (KubernetesSource.Exists && KubeControllerManager.Exists)
        {
            Directory.Delete(KubernetesSource.Folder, recursive: true);
        }
    }

    /// <summary>The kubectl to use: the machine's own, else the one in the cache.</summary>
    public static string Kubectl => Command.Find("kubectl") ?? KubectlBinary.At("kubectl");

    /// <summary>The exact version of <c>@anthropic-ai/claude-code-linux-x64</c>.</summary>
    public const string ClaudeVersion = "2.1.329";
}
