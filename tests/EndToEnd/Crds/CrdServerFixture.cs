using Stromboli.Testbed;
using Stromboli.Testbed.Kube;
using Stromboli.Testbed.Setup;
using Stromboli.Testbed.Stacks;

namespace Stromboli.EndToEnd.Crds;

/// <summary>A control plane with the committed CRDs and nothing that acts on them.</summary>
public sealed class CrdServerFixture : IAsyncLifetime
{
    private ControlPlane? _plane;

    /// <summary>The control plane; skips the test when the CRD server of a current Kubernetes could not be built here.</summary>
    internal ControlPlane Plane
    {
        get
        {
            Assert.SkipWhen(_plane is null, "no CRD server of a current Kubernetes: Debian sid was out of step when it was built");
            return _plane!;
        }
    }

    public async ValueTask InitializeAsync()
    {
        if (!Artefacts.CrdServer.Exists)
            return;
        _plane = new ControlPlane(StackHome.Temporary("crds"));
        await _plane.StartAsync(TestContext.Current.CancellationToken);
        await _plane.InstallCrdsAsync(Repository.At("config", "crd"), TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (_plane is not null)
            await _plane.DisposeAsync();
    }
}
