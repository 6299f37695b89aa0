namespace Stromboli.Testbed.Setup;

/// <summary>A program that must be on the machine to make an artefact.</summary>
/// <param name="Path">Its path, or a name that is looked up on the PATH.</param>
/// <param name="Package">The Debian package that contains it.</param>
public sealed record BuildTool(string Path, string Package)
{
    /// <summary>Whether it is on this machine.</summary>
    public bool Exists => System.IO.Path.IsPathRooted(Path) ? File.Exists(Path) : Processes.Command.Exists(Path);
}
