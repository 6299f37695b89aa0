using Stromboli.Gateway.Git;
using Stromboli.Gateway.Git.Protocol;

namespace Stromboli.PodmanBridge.Pushes;

/// <summary>
/// What the gateway stores of the push of what an agent left: that it goes out, before it does, and that the server took it.
/// </summary>
internal sealed class PublishRecord(PushRecord record) : IPushRecord
{
    /// <inheritdoc/>
    public string? Commit => record.Commit;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Created { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Whether the server reported that it took the push.</summary>
    public bool IsReported { get; private set; }

    /// <inheritdoc/>
    public void Begin(IReadOnlyList<PushCommand> commands)
    {
        if (record.Published is not null)
        {
            throw new IOException("What the agent left is pushed only once.");
        }

        record.Publish(commands[0].New);
    }

    /// <inheritdoc/>
    public void Accept(IReadOnlyList<AcceptedPush> pushes)
    {
        IsReported = true;
        record.Accept(pushes);
    }
}
