using Stromboli.EndToEnd.Harness;
using Stromboli.Testbed.Kube;
using Stromboli.Testbed.Setup;

namespace Stromboli.EndToEnd.Crds;

/// <summary>A control plane with the committed CRDs and without an operator.</summary>
public sealed class CrdServerFixture(StackFixture stacks) : IAsyncLifetime
{
    private Func<ValueTask>? _release;
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
        {
            return;
        }

        (_plane, _release) = await stacks.PlaneAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (_release is not null)
        {
            await _release();
        }
    }
}
