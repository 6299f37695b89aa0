namespace Stromboli.Gateway;

/// <summary>One run at a gateway, as its server sees it.</summary>
internal interface IGatewayRun
{
    /// <summary>The run, as logs name it.</summary>
    string Key { get; }

    /// <summary>The run's requests that are under way.</summary>
    RequestCount Requests { get; }

    /// <summary>Cancelled when nothing of the run may go on: what is under way is cut.</summary>
    CancellationToken Over { get; }
}
