using Stromboli.Testbed.Nodes;
using Stromboli.Testbed.Setup;
using Stromboli.Testbed.Stacks;

namespace Stromboli.Testbed.Commands;

/// <summary>The settings of the stack in <c>.local</c> from the environment: NODES, OPERATORS, MODEL, ANTHROPIC_API_KEY.</summary>
internal static class UpSettings
{
    /// <summary>Logs, pid files and the admin's kubeconfig of <c>make up</c>.</summary>
    public static string Folder => Repository.At(".local");

    /// <summary>The stack that the environment asks for.</summary>
    /// <exception cref="TestbedException">A variable has an invalid value.</exception>
    public static Stack Open(Progress progress)
    {
        var options = new StackOptions
        {
            Published = false,
            Nodes = Number("NODES", 1, 20),
            Operators = Number("OPERATORS", 0, 5),
            Git = true,
            Node = new NodeOptions { Relayed = false },
        };
        return Stack.At(Folder, WithModel(options), progress);
    }

    private static int Number(string variable, int least, int most)
    {
        var text = Environment.GetEnvironmentVariable(variable) is { Length: > 0 } set ? set : "1";
        return int.TryParse(text, out var number) && number >= least && number <= most
            ? number
            : throw new TestbedException($"{variable} must be a number from {least} to {most}, not '{text}'.");
    }

    private static StackOptions WithModel(StackOptions options) =>
        Environment.GetEnvironmentVariable("MODEL") switch
        {
            null or "" or "scripted" => options,
            "anthropic" when Environment.GetEnvironmentVariable("ANTHROPIC_API_KEY") is { Length: > 0 } key => options with
            {
                ModelKey = key,
                Operator = options.Operator with { ModelBaseUrl = "https://api.anthropic.com" },
            },
            "anthropic" => throw new TestbedException("MODEL=anthropic needs the API key in ANTHROPIC_API_KEY."),
            var other => throw new TestbedException($"MODEL must be scripted or anthropic, not '{other}'."),
        };
}
