using System.Text.Json;
using System.Text.Json.Serialization;
using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Link;

/// <summary>
/// The installation that this state directory serves, and the highest epoch of its leaders. Messages of a deposed leader are refused, even
/// after a restart of the bridge. A directory always serves the same installation, because the bridge must not touch the containers of
/// another.
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

    /// <summary>The highest epoch of a leader so far.</summary>
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

    /// <summary>Binds the directory to the installation, if it serves none yet.</summary>
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

    /// <summary>Whether to accept a message of this epoch.</summary>
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

/// <summary>The file with the installation that this state directory serves.</summary>
/// <param name="ID">The installation's id.</param>
/// <param name="Epoch">The highest epoch of a leader so far.</param>
internal sealed record InstallationRecord(string ID, long Epoch);

/// <summary>The serializer of <see cref="InstallationRecord"/>.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(InstallationRecord))]
internal sealed partial class InstallationJson : JsonSerializerContext;
