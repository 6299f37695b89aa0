namespace Stromboli.PodmanBridge.Containers;

/// <summary>The CLI, as the shim finds it in the container.</summary>
internal sealed record ShimCli
{
    /// <summary>The path where the shim looks for the CLI.</summary>
    public required string Path { get; init; }

    /// <summary>Whether the CLI exists.</summary>
    public bool Present { get; init; }

    /// <summary>The program interpreter of the CLI, for example <c>/lib64/ld-linux-x86-64.so.2</c>.</summary>
    public string? Interpreter { get; init; }

    /// <summary>Whether the image has that interpreter.</summary>
    public bool InterpreterPresent { get; init; }
}
