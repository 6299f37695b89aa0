using Stromboli.Crds.Runs;
using Stromboli.Kubernetes;
using Stromboli.Operator.Stores;

namespace Stromboli.Operator.Inputs;

/// <summary>The inputs of runs. A run that waits for an input is not read again before that input changes.</summary>
internal sealed class RunInputs(RunInputReader reader, InputPoller poller)
{
    /// <summary>Reads the inputs of the run, or returns what the run still waits for.</summary>
    /// <exception cref="ApiException">The API server did not answer.</exception>
    public async Task<InputCheck> ReadAsync(AgentRun run, CancellationToken cancellationToken)
    {
        if (poller.Find(run.UID()) is { } known)
        {
            return known;
        }

        var check = await reader.ReadAsync(run, cancellationToken);
        if (check.WaitsFor is not null)
        {
            poller.Add(run, check);
        }

        return check;
    }

    /// <summary>The run no longer waits for an input.</summary>
    public void Forget(string uid) => poller.Forget(uid);
}
