using System.Text;
using Stromboli.EndToEnd.Harness;
using Stromboli.Testbed;
using Stromboli.Testbed.Processes;

namespace Stromboli.EndToEnd.Credentials;

/// <summary>Looks for a secret where it must not be, and returns the places where it is.</summary>
internal static class SecretHunt
{
    /// <summary>
    /// Searches environment and arguments of the container's processes, and the files in their reach that may have been written.
    /// </summary>
    public static async Task<IReadOnlyList<string>> InContainerAsync(ContainerProcesses processes, string secret)
    {
        var places = new List<string>();
        foreach (var (pid, command) in processes.Alive())
        {
            if (Read($"/proc/{pid}/environ").Contains(secret, StringComparison.Ordinal))
            {
                places.Add($"environment of {pid} ({command})");
            }

            if (Read($"/proc/{pid}/cmdline").Contains(secret, StringComparison.Ordinal))
            {
                places.Add($"arguments of {pid} ({command})");
            }
        }

        var root = $"/proc/{processes.FirstPid}/root";
        places.AddRange(
            await InFilesAsync(
                secret,
                Directory
                    .EnumerateDirectories(root)
                    .Where(folder => Path.GetFileName(folder) is not ("proc" or "sys" or "dev" or "usr" or "lib" or "bin" or "sbin"))
            )
        );
        return places;
    }

    /// <summary>
    /// Searches the container's configuration, the bridge's files, the engine's files of containers and volumes, the logs of bridge and
    /// engine.
    /// </summary>
    public static async Task<IReadOnlyList<string>> OnNodeAsync(Scene scene, RunHistory run, string secret)
    {
        var node = scene.NodeOf(run);
        var places = new List<string>();
        // A container that is being removed may vanish between two requests. Then there is nothing to search.
        if (run.Last.IsFinished)
        {
            await Poll.UntilAsync("the container is gone", Poll.Timeout, async _ => (await node.ContainersAsync(run.Uid)).Count == 0);
        }

        foreach (var container in await node.InspectAllAsync(run.Uid))
        {
            if (container.ToJsonString().Contains(secret, StringComparison.Ordinal))
            {
                places.Add($"podman inspect {container["Name"]}");
            }
        }

        var storage = node.Node.Machine.OutsideOf("/home/node/.local/share/containers/storage");
        string[] folders = [node.Node.Bridge.StatePath, Path.Combine(storage, "overlay-containers"), Path.Combine(storage, "volumes")];
        places.AddRange(await InFilesAsync(secret, folders.Where(Directory.Exists)));
        places.AddRange(Logs(secret, [node.Node.Bridge, node.Node.Machine.Podman]));
        return places;
    }

    /// <summary>Searches the run, the events of its namespace, the AgentNode, and the operator's log.</summary>
    public static async Task<IReadOnlyList<string>> InClusterAsync(Scene scene, RunHistory run, string secret)
    {
        var places = new List<string>(Logs(secret, scene.Stack.Operators));
        foreach (var kind in new[] { "agentruns", "events", "agentnodes", "configmaps" })
        {
            if ((await scene.KubectlAsync("get", kind, "-o", "json")).Contains(secret, StringComparison.Ordinal))
            {
                places.Add($"kubectl get {kind}");
            }
        }

        places.AddRange(
            run.States.Where(state => state.Json.ToJsonString().Contains(secret, StringComparison.Ordinal))
                .Select(state => $"status: {state}")
        );
        return places;
    }

    /// <summary>The files that contain it, below some folders of this machine.</summary>
    public static async Task<IEnumerable<string>> InFilesAsync(string secret, IEnumerable<string> folders)
    {
        // Not grep: agents of other cases leave holes of a hundred gigabytes, which grep reads as one line into memory.
        var found = await Command.RunAsync("find", [.. folders, "-type", "f", "-print0"]);
        var bytes = Encoding.UTF8.GetBytes(secret);
        return await Task.Run(() =>
            found.Output.Split('\0', StringSplitOptions.RemoveEmptyEntries).Where(path => SparseFile.Contains(path, bytes)).ToList()
        );
    }

    private static IEnumerable<string> Logs(string secret, IEnumerable<ServiceProcess> processes) =>
        processes.Where(process => process.ReadLog().Contains(secret, StringComparison.Ordinal)).Select(process => process.LogPath);

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            // The process has ended.
            return "";
        }
    }
}
