using System.Runtime.InteropServices;
using Stromboli.Testbed.Processes;

namespace Stromboli.Testbed.Setup;

/// <summary>What the machine must already have. Each missing part is reported in one sentence.</summary>
internal static class Prerequisites
{
    /// <summary>What is needed to run anything of the testbed.</summary>
    public static void Check()
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64)
        {
            throw new TestbedException("The testbed needs Linux on x86-64.");
        }

        if (Libc.EffectiveUser() != 0)
        {
            throw new TestbedException(
                "The testbed makes mount namespaces and installs packages, so it needs root: run it as root, or allow this user sudo without a password."
            );
        }

        if (!Command.Exists("unshare") || !Command.Exists("nsenter") || !Command.Exists("setpriv"))
        {
            throw new TestbedException("The testbed needs unshare, nsenter and setpriv of util-linux.");
        }
    }

    /// <summary>What is needed to make these artefacts.</summary>
    public static void CheckFor(IReadOnlyCollection<Artefact> missing)
    {
        if (missing.Contains(Artefacts.Claude) && !Command.Exists("npm"))
        {
            throw new TestbedException(
                "The Claude Code CLI comes from the npm registry, so npm must be installed (Debian package npm, or any Node.js)."
            );
        }
    }
}
