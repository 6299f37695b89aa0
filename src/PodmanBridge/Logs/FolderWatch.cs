using System.Runtime.InteropServices;

namespace Stromboli.PodmanBridge.Logs;

/// <summary>
/// Tells when a file of a folder is created, written or removed (inotify(7)). All readers share one instance of inotify, because a user may
/// have only 128 (fs.inotify.max_user_instances), and the engine needs some.
/// </summary>
internal sealed partial class FolderWatch
{
    private const int CloseOnExec = 0x80000;
    private const uint Events = Modify | Create | Delete | MovedTo | DeleteSelf;
    private const uint Modify = 0x2;
    private const uint MovedTo = 0x80;
    private const uint Create = 0x100;
    private const uint Delete = 0x200;
    private const uint DeleteSelf = 0x400;
    private const int Interrupted = 4;
    private const int HeaderLength = 16;

    private readonly Lock _lock = new();
    private readonly Dictionary<int, HashSet<Subscription>> _folders = [];
    private int _inotify = -1;

    /// <summary>Calls back at each change of the file, until the subscription is disposed. The call must not block.</summary>
    /// <param name="folder">The folder. It exists.</param>
    /// <param name="file">The name of the file, which may not exist yet.</param>
    /// <param name="changed">Called on another thread.</param>
    /// <exception cref="IOException">The folder cannot be watched.</exception>
    public IDisposable Watch(string folder, string file, Action changed)
    {
        lock (_lock)
        {
            Start();
            var descriptor = AddWatch(_inotify, folder, Events);
            if (descriptor < 0)
            {
                throw new IOException($"The folder of a log cannot be watched (error {Marshal.GetLastPInvokeError()}).");
            }

            // The kernel has one watch of a folder, whoever asks.
            if (!_folders.TryGetValue(descriptor, out var subscriptions))
            {
                _folders[descriptor] = subscriptions = [];
            }

            var subscription = new Subscription(this, descriptor, file, changed);
            subscriptions.Add(subscription);
            return subscription;
        }
    }

    private void Start()
    {
        if (_inotify >= 0)
        {
            return;
        }

        _inotify = Init(CloseOnExec);
        if (_inotify < 0)
        {
            throw new IOException($"No file can be watched (error {Marshal.GetLastPInvokeError()} of inotify_init1).");
        }

        new Thread(ReadEvents) { IsBackground = true, Name = "log watch" }.Start();
    }

    // One thread that sleeps in read(2) for as long as the process lives: there is no other end for it to wait for.
    private void ReadEvents()
    {
        var buffer = new byte[64 * 1024];
        while (true)
        {
            var length = Read(_inotify, buffer, buffer.Length);
            if (length > 0)
            {
                Tell(buffer.AsSpan(0, (int)length));
            }
            else if (Marshal.GetLastPInvokeError() != Interrupted)
            {
                return;
            }
        }
    }

    private void Tell(ReadOnlySpan<byte> events)
    {
        lock (_lock)
        {
            while (events.Length >= HeaderLength)
            {
                var folder = MemoryMarshal.Read<int>(events);
                var nameLength = MemoryMarshal.Read<int>(events[12..]);
                var name = events.Slice(HeaderLength, nameLength).TrimEnd((byte)0);
                events = events[(HeaderLength + nameLength)..];
                if (folder < 0)
                {
                    // The kernel's queue was full, and events of any folder may be missing.
                    TellAll();
                }
                else if (_folders.TryGetValue(folder, out var subscriptions))
                {
                    Tell(subscriptions, name);
                }
            }
        }
    }

    private static void Tell(HashSet<Subscription> subscriptions, ReadOnlySpan<byte> name)
    {
        foreach (var subscription in subscriptions)
        {
            if (name.IsEmpty || name.SequenceEqual(subscription.File))
            {
                subscription.Changed();
            }
        }
    }

    private void TellAll()
    {
        foreach (var subscription in _folders.Values.SelectMany(all => all))
        {
            subscription.Changed();
        }
    }

    private void Leave(Subscription subscription)
    {
        lock (_lock)
        {
            if (!_folders.TryGetValue(subscription.Descriptor, out var subscriptions) || !subscriptions.Remove(subscription))
            {
                return;
            }

            if (subscriptions.Count == 0)
            {
                _folders.Remove(subscription.Descriptor);
                // Fails if the folder is gone, and its watch with it.
                _ = RemoveWatch(_inotify, subscription.Descriptor);
            }
        }
    }

    private sealed class Subscription(FolderWatch owner, int descriptor, string file, Action changed) : IDisposable
    {
        public int Descriptor => descriptor;

        public byte[] File { get; } = System.Text.Encoding.UTF8.GetBytes(file);

        public Action Changed => changed;

        public void Dispose() => owner.Leave(this);
    }

    [LibraryImport("libc", EntryPoint = "inotify_init1", SetLastError = true)]
    private static partial int Init(int flags);

    [LibraryImport("libc", EntryPoint = "inotify_add_watch", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int AddWatch(int inotify, string path, uint mask);

    [LibraryImport("libc", EntryPoint = "inotify_rm_watch", SetLastError = true)]
    private static partial int RemoveWatch(int inotify, int descriptor);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint Read(int file, [Out] byte[] buffer, nint length);
}
