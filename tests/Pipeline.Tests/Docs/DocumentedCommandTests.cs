using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Stromboli.Cli.Commands;
using Stromboli.Cli.Output;
using Stromboli.Operator.Hosting;
using Stromboli.PodmanBridge.Hosting;
using YamlDotNet.RepresentationModel;

namespace Stromboli.Pipeline.Tests.Docs;

/// <summary>
/// Every command of the README, of CONTRIBUTING and of docs/operations is valid as it stands: the programs' own parsers accept its options,
/// the files of the repository that it names exist, and the API has the fields that it patches. tests/EndToEnd runs these commands.
/// </summary>
public sealed partial class DocumentedCommandTests
{
    private static readonly string[] Verbs = ["annotate", "apply", "create", "delete", "describe", "get", "label", "patch", "wait"];

    // Programs of the machine or of others. Their arguments are not checked here.
    private static readonly string[] Foreign =
    [
        "base64",
        "chmod",
        "grep",
        "loginctl",
        "od",
        "openssl",
        "podman",
        "printf",
        "sysctl",
        "systemctl",
        "usermod",
    ];

    public static TheoryData<string, string> Commands
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var command in DocumentedCommand.All().DistinctBy(found => (found.Where, string.Join(' ', found.Words))))
            {
                data.Add(command.Where, string.Join('\u001F', command.Words));
            }

            return data;
        }
    }

    [Fact]
    public void Commands_OfTheFirstSteps_AreFound()
    {
        var all = DocumentedCommand.All().Select(command => string.Join(' ', command.Words)).ToList();

        Assert.Contains("make demo", all);
        Assert.Contains("kubectl apply -k config/rbac", all);
        Assert.Contains(
            all,
            command =>
                command.StartsWith(
                    "dotnet src/PodmanBridge/bin/Release/net10.0/Stromboli.PodmanBridge.dll --node my-node --operator https://",
                    StringComparison.Ordinal
                ) && command.Contains(" --shim src/native/build/stromboli-shim ", StringComparison.Ordinal)
        );
        Assert.Contains("kubectl patch agentnode my-node --type merge -p {\"spec\":{\"labels\":{\"pool\":\"default\"}}}", all);
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Command_AsItStands_IsValid(string where, string command)
    {
        string[] words = command.Split('\u001F');
        var problem = words[0] switch
        {
            "dotnet" when words[1].EndsWith(".dll", StringComparison.Ordinal) => await ProgramAsync(words[1], words[2..]),
            "dotnet" => words[2..]
                .FirstOrDefault(word =>
                    word.Contains(".sln", StringComparison.Ordinal) || word.StartsWith("tests/", StringComparison.Ordinal)
                )
                is { } built
                ? Missing(built)
                : null,
            "kubectl" => Kubectl(words[1..]),
            "make" => Make(words[1..]),
            "npm" => words[^1] == NpmPackage() ? null : $"the package is {NpmPackage()}",
            "sed" => Missing(words[^1]),
            // The end-to-end case runs the calculation of a signature.
            "base64" or "grep" or "od" or "openssl" or "printf" or "tr" => null,
            _ when words[0].StartsWith("key=$(", StringComparison.Ordinal) => null,
            _ when words[0].StartsWith("eng/", StringComparison.Ordinal) => Missing(words[0]),
            _ => Foreign.Contains(words[0]) || words[0] is "git" or "sudo" or "apt-get" ? null : "no test knows this program",
        };
        Assert.True(problem is null, $"{where}: {string.Join(' ', words)}: {problem}.");
    }

    private static async Task<string?> ProgramAsync(string path, string[] arguments)
    {
        var parts = path.Split('/');
        if (parts is not ["src", var project, "bin", "Release", "net10.0", var assembly] || assembly != $"Stromboli.{project}.dll")
        {
            return $"no build makes {path}";
        }

        if (Missing($"src/{project}/{project}.csproj") is { } problem)
        {
            return problem;
        }

        if (project == "Operator")
        {
            await using var error = new StringWriter();
            return await new OperatorCommand((_, _) => Task.FromResult(0)).InvokeAsync(arguments, TextWriter.Null, error) == 0
                ? null
                : error.ToString();
        }

        var errors = BridgeCommand.Create((_, _) => Task.FromResult(0)).Parse(arguments).Errors;
        return errors.Count == 0 ? null : errors[0].Message;
    }

    private static string? Kubectl(string[] arguments)
    {
        if (arguments is ["stromboli", .. var own])
        {
            var context = new CliContext(
                new Screen(TextWriter.Null, TextWriter.Null),
                TextReader.Null,
                TimeProvider.System,
                "kubectl stromboli"
            );
            var errors = new CommandLine(context).Root.Parse(own).Errors;
            return errors.Count > 0 ? errors[0].Message : FilesOf(own);
        }

        if (!arguments.Any(Verbs.Contains))
        {
            return $"kubectl does none of {string.Join(", ", Verbs)}";
        }

        if (FilesOf(arguments) is { } problem)
        {
            return problem;
        }

        foreach (var (option, value) in arguments.Zip(arguments.Skip(1)))
        {
            if (option == "-p" && Patch(arguments, value) is { } wrong)
            {
                return wrong;
            }
        }

        return null;
    }

    private static string? FilesOf(string[] arguments) =>
        arguments
            .Zip(arguments.Skip(1))
            .Where(pair => pair.First is "-f" or "-k" && pair.Second != "-" && !pair.Second.StartsWith('-'))
            .Select(pair => Missing(pair.Second))
            .FirstOrDefault(problem => problem is not null);

    private static string? Patch(string[] arguments, string patch)
    {
        var kind = arguments[Array.IndexOf(arguments, "patch") + 1];
        var file = kind switch
        {
            "agentrun" or "arun" => "agentruns",
            "agentnode" or "anode" => "agentnodes",
            "agentsession" or "asess" => "agentsessions",
            _ => null,
        };
        if (file is null)
        {
            return $"there is no kind {kind}";
        }

        if (!arguments.Contains("merge") && !arguments.Contains("--type=merge"))
        {
            return "a custom resource is patched with --type merge";
        }

        using var reader = new StreamReader(Path.Combine(DocumentedCommand.Root, "config", "crd", $"stromboli.dev_{file}.yaml"));
        var yaml = new YamlStream();
        yaml.Load(reader);
        var version = (YamlMappingNode)((YamlSequenceNode)yaml.Documents[0].RootNode["spec"]["versions"])[0];
        return Unknown(JsonNode.Parse(patch)!, (YamlMappingNode)version["schema"]["openAPIV3Schema"]);
    }

    private static string? Unknown(JsonNode value, YamlMappingNode schema)
    {
        if (value is not JsonObject members || !schema.Children.ContainsKey("properties"))
        {
            return null;
        }

        var properties = (YamlMappingNode)schema["properties"];
        foreach (var (name, member) in members)
        {
            if (!properties.Children.TryGetValue(name, out var property))
            {
                return $"there is no field {name}";
            }

            if (member is not null && Unknown(member, (YamlMappingNode)property) is { } problem)
            {
                return problem;
            }
        }

        return null;
    }

    private static string? Make(string[] arguments)
    {
        if (arguments is ["-C", var folder])
        {
            return Missing($"{folder}/Makefile");
        }

        var targets = Target()
            .Matches(File.ReadAllText(Path.Combine(DocumentedCommand.Root, "Makefile")))
            .Select(match => match.Groups["name"].Value)
            .ToList();
        return arguments.FirstOrDefault(word => !word.Contains('=', StringComparison.Ordinal) && !targets.Contains(word)) is { } unknown
            ? $"the Makefile has no target {unknown}"
            : null;
    }

    private static string NpmPackage() =>
        Package().Match(File.ReadAllText(Path.Combine(DocumentedCommand.Root, "tests", "Testbed", "recipes", "claude.sh"))).Value;

    private static string? Missing(string path) => Path.Exists(Path.Combine(DocumentedCommand.Root, path)) ? null : $"there is no {path}";

    [GeneratedRegex("^(?<name>[a-z]+):", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Target();

    [GeneratedRegex("@anthropic-ai/[a-z0-9-]+", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Package();
}
