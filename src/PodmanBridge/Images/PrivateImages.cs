using System.Text.Json;
using Stromboli.Podman;
using Stromboli.Podman.Models;
using Stromboli.PodmanBridge.Configuration;

namespace Stromboli.PodmanBridge.Images;

/// <summary>
/// Which images were fetched with a credential, and which namespaces have presented one that the registry accepted. Another namespace may
/// not use such an image merely because it is on the node. The record is on disk before a fetch begins, so that a bridge that is killed
/// leaves no image that counts as public.
/// </summary>
internal sealed class PrivateImages : IDisposable
{
    /// <summary>How long after a fetch was given up its image may still arrive.</summary>
    internal static readonly TimeSpan Afterwards = TimeSpan.FromMinutes(1);

    // A namespace that was dropped only has to present its credential again.
    private const int MaxNamespaces = 1000;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _fetching = [];
    private readonly SemaphoreSlim _settling = new(1, 1);
    private readonly string _path;
    private readonly TimeProvider _clock;
    private readonly PrivateImagesRecord _record;
    private long? _settleAt;

    /// <param name="path">The file.</param>
    /// <param name="clock">The clock.</param>
    /// <exception cref="BridgeUnusableException">The file exists and cannot be read.</exception>
    public PrivateImages(string path, TimeProvider clock)
    {
        _path = path;
        _clock = clock;
        _record = Read(path);
        _settleAt = _record is { Private.Count: 0, Pending.Count: 0 } ? null : clock.GetTimestamp();
    }

    private bool IsUnsettled
    {
        get
        {
            lock (_lock)
            {
                return _settleAt <= _clock.GetTimestamp();
            }
        }
    }

    /// <summary>
    /// Reads the engine's images if the result of a fetch is unknown, because an earlier bridge began it or it was given up. Call this
    /// before any other question. Otherwise it costs nothing.
    /// </summary>
    /// <exception cref="PodmanException">The engine did not answer.</exception>
    public async Task SettleAsync(IPodman podman, CancellationToken cancellationToken)
    {
        if (!IsUnsettled)
        {
            return;
        }

        await _settling.WaitAsync(cancellationToken);
        try
        {
            if (IsUnsettled)
            {
                Settle(await podman.Images.ListAsync(cancellationToken));
            }
        }
        finally
        {
            _settling.Release();
        }
    }

    /// <summary>Whether a run of this namespace may use this local image without asking its registry.</summary>
    /// <param name="id">The image.</param>
    /// <param name="reference">The name by which it was found.</param>
    /// <param name="ns">The namespace; null for the node itself.</param>
    public bool MayUse(string id, ImageReference reference, string? ns)
    {
        lock (_lock)
        {
            if (_record.Private.TryGetValue(id, out var namespaces))
            {
                return ns is not null && namespaces.Contains(ns);
            }

            return !_record.Pending.TryGetValue(reference.Repository, out var before) || before.Contains(id);
        }
    }

    /// <summary>
    /// A fetch with a credential is about to begin. One of <see cref="Proved"/>, <see cref="Failed"/> and <see cref="GivenUp"/> must
    /// follow.
    /// </summary>
    /// <param name="reference">What is fetched.</param>
    /// <param name="present">Every image on the node. An image that is public now stays public.</param>
    public void Begin(ImageReference reference, IEnumerable<ImageSummary> present)
    {
        lock (_lock)
        {
            _fetching[reference.Repository] = _fetching.GetValueOrDefault(reference.Repository) + 1;
            if (_record.Pending.TryAdd(reference.Repository, [.. present.Select(image => image.ID)]))
            {
                Write();
            }
        }
    }

    /// <summary>The registry took the credential and gave the image.</summary>
    public void Proved(ImageReference reference, string id, string ns)
    {
        lock (_lock)
        {
            if (_record.Private.TryGetValue(id, out var namespaces) || !_record.Pending[reference.Repository].Contains(id))
            {
                namespaces ??= _record.Private[id] = [];
                namespaces.Remove(ns);
                namespaces.Add(ns);
                if (namespaces.Count > MaxNamespaces)
                {
                    namespaces.RemoveAt(0);
                }
            }

            End(reference);
            Write();
        }
    }

    /// <summary>The engine said that the image cannot be had.</summary>
    public void Failed(ImageReference reference)
    {
        lock (_lock)
        {
            End(reference);
            Write();
        }
    }

    /// <summary>The fetch was given up, or the engine does not answer. The image may come all the same.</summary>
    public void GivenUp(ImageReference reference)
    {
        lock (_lock)
        {
            _settleAt ??= _clock.GetTimestamp() + (long)(Afterwards.TotalSeconds * _clock.TimestampFrequency);
            End(reference);
        }
    }

    /// <summary>The registry gave the image to somebody who showed nothing: it is everybody's.</summary>
    public void Open(ImageReference reference, string id)
    {
        lock (_lock)
        {
            var known = _record.Private.Remove(id);
            if (_record.Pending.TryGetValue(reference.Repository, out var before) && !before.Contains(id))
            {
                before.Add(id);
                known = true;
            }

            if (known)
            {
                Write();
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _settling.Dispose();

    private void End(ImageReference reference)
    {
        if (!_fetching.TryGetValue(reference.Repository, out var count))
        {
            return;
        }

        if (count > 1)
        {
            _fetching[reference.Repository] = count - 1;
            return;
        }

        _fetching.Remove(reference.Repository);
        // Nothing is forgotten until the results of abandoned fetches are known.
        if (_settleAt is null)
        {
            _record.Pending.Remove(reference.Repository);
        }
    }

    private void Settle(IReadOnlyList<ImageSummary> present)
    {
        lock (_lock)
        {
            // An image that a fetch with an unknown result may have brought is not usable until a namespace presents a credential.
            foreach (var image in present)
            {
                foreach (var name in (image.Names ?? []).Concat(image.Digests ?? []))
                {
                    if (
                        ImageReference.Parse(name) is { } reference
                        && _record.Pending.TryGetValue(reference.Repository, out var before)
                        && !before.Contains(image.ID)
                    )
                    {
                        _record.Private.TryAdd(image.ID, []);
                    }
                }
            }

            var ids = present.Select(image => image.ID).ToHashSet();
            foreach (var gone in _record.Private.Keys.Where(id => !ids.Contains(id)).ToArray())
            {
                _record.Private.Remove(gone);
            }

            foreach (var over in _record.Pending.Keys.Where(repository => !_fetching.ContainsKey(repository)).ToArray())
            {
                _record.Pending.Remove(over);
            }

            _settleAt = null;
            Write();
        }
    }

    private void Write()
    {
        var next = _path + ".new";
        using (
            var file = new FileStream(
                next,
                new FileStreamOptions
                {
                    Mode = FileMode.Create,
                    Access = FileAccess.Write,
                    UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
                }
            )
        )
        {
            JsonSerializer.Serialize(file, _record, ImagesJson.Default.PrivateImagesRecord);
            file.Flush(flushToDisk: true);
        }

        File.Move(next, _path, overwrite: true);
    }

    private static PrivateImagesRecord Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), ImagesJson.Default.PrivateImagesRecord) ?? new();
        }
        catch (FileNotFoundException)
        {
            return new();
        }
        catch (JsonException)
        {
            throw new BridgeUnusableException(
                $"{path} cannot be read. It says which images came with a credential: remove those images and then the file."
            );
        }
    }
}
