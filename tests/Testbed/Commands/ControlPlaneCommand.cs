using System.Diagnostics;
using Stromboli.Testbed.Kube;
using Stromboli.Testbed.Setup;
using Stromboli.Testbed.Stacks;

namespace Stromboli.Testbed.Commands;

/// <summary><c>control-plane COMMAND…</c>: runs a command with a control plane of its own, which stops when the command ends.</summary>
internal static class ControlPlaneCommand
{
    public static async Task<int> RunAsync(IReadOnlyList<string> command, Progress progress, CancellationToken cancellationToken)
    {
        await new SetUp(progress).RunAsync(Artefacts.ForTests, cancellationToken);
        await using var plane = new ControlPlane(StackHome.Temporary("control-plane"));
        await plane.StartAsync(cancellationToken);
        await plane.InstallCrdsAsync(Repository.At("config", "crd"), cancellationToken);
        var start = new ProcessStartInfo(command[0], command.Skip(1));
        start.Environment["KUBECONFIG"] = plane.KubeconfigPath;
        start.Environment["STROMBOLI_TEST_KUBECONFIG"] = plane.KubeconfigPath;
        using var process = Process.Start(start) ?? throw new TestbedException($"{command[0]} could not be started.");
        await process.WaitForExitAsync(cancellationToken);
        return process.ExitCode;
    }
}
