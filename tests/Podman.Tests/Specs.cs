using Stromboli.Podman.Models;

namespace Stromboli.Podman.Tests;

/// <summary>The smallest container that these tests need: a script of the image's shell without network.</summary>
internal static class Specs
{
    private static readonly NamespaceMode Private = new() { Mode = "private" };

    public static SpecGenerator Script(string name, string imageID, string script) =>
        new()
        {
            Name = name,
            Image = imageID,
            ImageName = "",
            Entrypoint = ["/bin/sh", "-c", script],
            Command = [],
            Env = new Dictionary<string, string>(),
            UnsetEnvAll = true,
            EnvHost = false,
            HttpProxy = false,
            Terminal = false,
            Stdin = false,
            Labels = new Dictionary<string, string> { ["stromboli.dev/test"] = name },
            Annotations = new Dictionary<string, string>(),
            StopSignal = 15,
            StopTimeout = 0,
            Timeout = 60,
            Log = new LogConfiguration
            {
                Driver = "none",
                Path = "",
                Size = -1,
            },
            RestartPolicy = "no",
            Systemd = "false",
            SdNotify = "ignore",
            Init = false,
            Remove = false,
            User = "0:0",
            Groups = [],
            Hostname = "test",
            WorkDir = "/",
            Umask = "0022",
            PasswdEntry = "",
            GroupEntry = "",
            PidNamespace = Private,
            UtsNamespace = Private,
            IpcNamespace = Private,
            CgroupNamespace = Private,
            NetworkNamespace = new NamespaceMode { Mode = "none" },
            UserNamespace = new NamespaceMode { Mode = "host" },
            Cgroups = "enabled",
            CapAdd = [],
            CapDrop = ["all"],
            NoNewPrivileges = true,
            Privileged = false,
            SeccompPolicy = "default",
            SeccompProfile = "",
            ReadOnlyRoot = true,
            ReadWriteTmpfs = false,
            ImageVolumes = "ignore",
            Volatile = true,
            Mounts = [],
            Volumes = [],
            UseImageHosts = false,
            UseImageResolvConf = false,
            Rlimits = [],
            HealthCheck = new SpecHealthCheck { Test = ["NONE"] },
        };
}
