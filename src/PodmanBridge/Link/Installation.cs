using System.Text.Json;
using System.Text.Json.Serialization;
using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Link;

/// <summary>
/// The installation that this state directory serves, and the highest epoch heard of its leaders: what a deposed leader still says is
/// refused, also by a bridge that was restarted in between. One directory serves one installation for ever, since the containers of another
/// are not ours to touch.
/// </summary>
internal sealed class Installation : IInstallation
{
    private readonly string _path;
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource<string> _known = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private InstallationRecord? _record;

    public Installation(string stateRoot)
    {
        _path = Path.Combine(stateRoot, "installation.json");
        if (File.Exists(_path))
        {
            _record = JsonSerializer.Deserialize(File.ReadAllText(_path), InstallationJson.Default.InstallationRecord);
        }

        if (_record is not null)
        {
            _known.TrySetResult(_record.ID);
        }
    }

    /// <summary>The installation's id; null until the first welcome.</summary>
    public string? ID
    {
        get
        {
            lock (_lock)
            {
                return _record?.ID;
            }
        }
    }

    /// <summary>Waits until the installation is known.</summary>
    public Task<string> WaitAsync(CancellationToken cancellationToken) => _known.Task.WaitAsync(cancellationToken);

    /// <summary>The highest epoch heard.</summary>
    public long SeenEpoch
    {
        get
        {
            lock (_lock)
            {
                return _record?.Epoch ?? 0;
            }
        }
    }

    /// <summary>Binds the directory to the installation, if it is the first one.</summary>
    /// <returns>False if the directory serves another one.</returns>
    public bool TryServe(string id)
    {
        lock (_lock)
        {
            if (_record is null)
            {
                Store(new InstallationRecord(id, 0));
            }

            return _record!.ID == id;
        }
    }

    /// <summary>Whether a message of this epoch may be heeded.</summary>
    public bool Admit(long epoch)
    {
        lock (_lock)
        {
            if (_record is not { } record || epoch < record.Epoch)
            {
                return false;
            }

            if (epoch > record.Epoch)
            {
                Store(record with { Epoch = epoch });
            }

            return true;
        }
    }

    private void Store(InstallationRecord record)
    {
        File.WriteAllText(_path + ".new", JsonSerializer.Serialize(record, InstallationJson.Default.InstallationRecord));
        File.Move(_path + ".new", _path, overwrite: true);
        _record = record;
        _known.TrySetResult(record.ID);
    }
}

/// <summary>Whom this state directory serves, on disk.</summary>
/// <param name="ID">The installation's id.</param>
/// <param name="Epoch">The highest epoch of a leader that was heard.</param>
internal sealed record InstallationRecord(string ID, long Epoch);

/// <summary>The serializer of <see cref="InstallationRecord"/>.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(InstallationRecord))]
internal sealed partial class InstallationJson : JsonSerializerContext;
