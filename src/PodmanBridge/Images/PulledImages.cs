using System.Text.Json;
using Stromboli.Podman.Models;

namespace Stromboli.PodmanBridge.Images;

/// <summary>
/// Which images this bridge pulled, for which namespace, and when each was last used. These may be removed when the disk is full. An image
/// that existed before, or that has a name which this bridge did not pull, belongs to somebody else and is never removed. The record is on
/// disk before a pull begins, so that an image that arrives after the bridge was killed is known as well.
/// </summary>
/// <param name="path">The file. A file that cannot be read counts as empty, and then no present image is removed.</param>
/// <param name="clock">The clock.</param>
internal sealed class PulledImages(string path, TimeProvider clock) : IDisposable
{
    /// <summary>How many images may stay; beyond, the unused go as if the disk were full.</summary>
    public const int Most = 1000;

    /// <summary>How many names of one image are kept.</summary>
    internal const int MostNames = 32;

    private const int MostGivenUp = 200;

    private static readonly TimeSpan WriteInterval = TimeSpan.FromMinutes(1);

    // The engine continues for some seconds with a pull that was cancelled.
    private static readonly TimeSpan Afterwards = TimeSpan.FromMinutes(10);

    private readonly Lock _lock = new();
    private readonly PulledImagesRecord _record = Read(path, clock.GetUtcNow());
    private readonly Dictionary<string, int> _fetching = [];
    private readonly Dictionary<string, int> _held = [];
    private readonly HashSet<ImageLook> _looks = [];
    private readonly Dictionary<string, long> _known = [];
    private long _changes;
    private Task _removal = Task.CompletedTask;
    private long _written = clock.GetTimestamp();
    private bool _dirty;

    /// <summary>Whether there are more images than may stay.</summary>
    public bool IsFull
    {
        get
        {
            lock (_lock)
            {
                return _record.Images.Count > Most;
            }
        }
    }

    /// <summary>The images that this bridge pulled and no attempt holds, as the engine lists them.</summary>
    public IReadOnlyList<(ImageSummary Image, PulledImage Pulled)> Free(IReadOnlyList<ImageSummary> present)
    {
        lock (_lock)
        {
            return [.. from image in present where !_held.ContainsKey(image.ID) && IsOurs(image) select (image, _record.Images[image.ID])];
        }
    }

    /// <summary>Whether this bridge pulled the image, and it was not given another name since.</summary>
    public bool Pulled(ImageSummary image)
    {
        lock (_lock)
        {
            return IsOurs(image);
        }
    }

    /// <summary>A pull is about to begin. <see cref="Done"/> or <see cref="GivenUp"/> must follow.</summary>
    /// <param name="image">What is pulled.</param>
    /// <param name="ns">The namespace of the run; null for the node itself.</param>
    /// <param name="present">Every image on the node.</param>
    /// <exception cref="IOException">The record cannot be written, so nothing may be pulled.</exception>
    public void Begin(ImageReference image, string? ns, IReadOnlyList<ImageSummary> present)
    {
        lock (_lock)
        {
            foreach (
                var (forgotten, _) in _record
                    .Pending.Where(pull => pull.Value.GivenUp is not null)
                    .OrderByDescending(pull => pull.Value.GivenUp)
                    .Skip(MostGivenUp)
                    .ToArray()
            )
            {
                _record.Pending.Remove(forgotten);
            }

            var before =
                _record.Pending.GetValueOrDefault(image.Key)?.Before
                ?? [.. present.Select(summary => summary.ID).Where(id => !_record.Images.ContainsKey(id))];
            _record.Pending[image.Key] = new PendingPull { Namespace = ns, Before = before };
            Write();
            _fetching[image.Key] = _fetching.GetValueOrDefault(image.Key) + 1;
        }
    }

    /// <summary>The image was pulled.</summary>
    /// <returns>False if the image has more names than are recorded; remove this name from it.</returns>
    public bool Done(ImageReference image, string id)
    {
        lock (_lock)
        {
            var pending = _record.Pending[image.Key];
            var kept = pending.Before.Contains(id) || Add(id, pending.Namespace, image.Key);
            End(image, pending: null);
            TryWrite();
            return kept;
        }
    }

    /// <summary>The pull failed or was given up. The image may come all the same.</summary>
    public void GivenUp(ImageReference image)
    {
        lock (_lock)
        {
            End(image, _record.Pending[image.Key] with { GivenUp = clock.GetUtcNow() });
            TryWrite();
        }
    }

    /// <summary>What is known up to now; see <see cref="Observe"/>.</summary>
    public long Mark()
    {
        lock (_lock)
        {
            return _changes;
        }
    }

    /// <summary>Forgets images that are gone, and takes in those of pulls that were given up.</summary>
    /// <param name="present">Every image on the node.</param>
    /// <param name="mark">
    /// <see cref="Mark"/>, taken before the engine was asked: what came to be known since may be missing in its answer.
    /// </param>
    public void Observe(IReadOnlyList<ImageSummary> present, long mark)
    {
        lock (_lock)
        {
            var ids = present.Select(image => image.ID).ToHashSet();
            foreach (var id in _record.Images.Keys.Where(id => !ids.Contains(id) && _known.GetValueOrDefault(id) <= mark).ToArray())
            {
                _record.Images.Remove(id);
                _known.Remove(id);
                _dirty = true;
            }

            foreach (var image in _record.Pending.Count == 0 ? [] : present.Where(image => !_record.Images.ContainsKey(image.ID)))
            {
                foreach (var key in KeysOf(image))
                {
                    if (_record.Pending.TryGetValue(key, out var pull) && !pull.Before.Contains(image.ID))
                    {
                        Add(image.ID, pull.Namespace, key);
                    }
                }
            }

            foreach (var (key, _) in _record.Pending.Where(pull => pull.Value.GivenUp + Afterwards < clock.GetUtcNow()).ToArray())
            {
                _dirty |= _record.Pending.Remove(key);
            }

            if (_dirty && clock.GetElapsedTime(_written) >= WriteInterval)
            {
                TryWrite();
            }
        }
    }

    /// <summary>
    /// Begins a search for an image to use. The image may be removed between the engine's answer and <see cref="TryHold"/>; then search
    /// again.
    /// </summary>
    public ImageLook Look()
    {
        lock (_lock)
        {
            var look = new ImageLook(this);
            _looks.Add(look);
            return look;
        }
    }

    /// <summary>Keeps the image from being removed, until the answer is disposed; null if it was removed since the look began.</summary>
    public ImageUse? TryHold(ImageLook look, string id)
    {
        lock (_lock)
        {
            if (look.Removed.Contains(id))
            {
                return null;
            }

            _held[id] = _held.GetValueOrDefault(id) + 1;
            if (_record.Images.TryGetValue(id, out var image))
            {
                _record.Images[id] = image with { LastUse = clock.GetUtcNow() };
                _dirty = true;
                if (clock.GetElapsedTime(_written) >= WriteInterval)
                {
                    TryWrite();
                }
            }

            return new ImageUse(this, id);
        }
    }

    /// <summary>Waits until no image is being removed.</summary>
    public Task RemovalAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return _removal.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Removes an image, unless an attempt holds it. To be called for one at a time.</summary>
    /// <returns>Whether it was removed.</returns>
    public async Task<bool> TryRemoveAsync(string id, Func<Task> remove)
    {
        var over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (_held.ContainsKey(id))
            {
                return false;
            }

            foreach (var look in _looks)
            {
                look.Removed.Add(id);
            }

            _removal = over.Task;
        }

        try
        {
            await remove();
            lock (_lock)
            {
                _record.Images.Remove(id);
                _known.Remove(id);
                TryWrite();
            }

            return true;
        }
        finally
        {
            over.SetResult();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_dirty)
            {
                TryWrite();
            }
        }
    }

    /// <summary>The look is over.</summary>
    internal void End(ImageLook look)
    {
        lock (_lock)
        {
            _looks.Remove(look);
        }
    }

    /// <summary>One use of the image is over.</summary>
    internal void Release(string id)
    {
        lock (_lock)
        {
            if (--_held[id] == 0)
            {
                _held.Remove(id);
            }
        }
    }

    // An image without a name lost its name to a later pull.
    private bool IsOurs(ImageSummary image) =>
        _record.Images.TryGetValue(image.ID, out var pulled)
        && (image.Names ?? []).All(name => ImageReference.Parse(name) is { } reference && pulled.Names.Contains(reference.Key));

    private bool Add(string id, string? ns, string name)
    {
        _dirty = true;
        _known[id] = ++_changes;
        var image = _record.Images.GetValueOrDefault(id) ?? new PulledImage { Namespace = ns };
        _record.Images[id] = image with { LastUse = clock.GetUtcNow() };
        if (image.Names.Contains(name))
        {
            return true;
        }

        if (image.Names.Count == MostNames)
        {
            return false;
        }

        image.Names.Add(name);
        return true;
    }

    private void End(ImageReference image, PendingPull? pending)
    {
        if (_fetching[image.Key] > 1)
        {
            _fetching[image.Key]--;
            return;
        }

        _fetching.Remove(image.Key);
        if (pending is null)
        {
            _record.Pending.Remove(image.Key);
        }
        else
        {
            _record.Pending[image.Key] = pending;
        }
    }

    private static IEnumerable<string> KeysOf(ImageSummary image) =>
        from name in (image.Names ?? []).Concat(image.Digests ?? [])
        let reference = ImageReference.Parse(name)
        where reference is not null
        select reference.Key;

    // A record that could not be stored is kept in memory and stored with the next change.
    private void TryWrite()
    {
        try
        {
            Write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _dirty = true;
        }
    }

    private void Write()
    {
        File.WriteAllBytes(path + ".new", JsonSerializer.SerializeToUtf8Bytes(_record, ImagesJson.Default.PulledImagesRecord));
        File.Move(path + ".new", path, overwrite: true);
        _written = clock.GetTimestamp();
        _dirty = false;
    }

    private static PulledImagesRecord Read(string path, DateTimeOffset now)
    {
        try
        {
            var record = JsonSerializer.Deserialize(File.ReadAllBytes(path), ImagesJson.Default.PulledImagesRecord) ?? new();
            // Every pull in progress ended with the bridge that began it.
            foreach (var (name, pull) in record.Pending.ToArray())
            {
                record.Pending[name] = pull with { GivenUp = now };
            }

            return record;
        }
        catch (Exception e) when (e is IOException or JsonException)
        {
            return new();
        }
    }
}
