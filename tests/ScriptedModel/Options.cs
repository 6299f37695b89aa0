using System.Net;

namespace Stromboli.ScriptedModel;

/// <summary>The command line.</summary>
internal sealed record Options(IPEndPoint Listen, string Log)
{
    public static bool TryParse(string[] args, out Options options, out string problem)
    {
        IPEndPoint? listen = null;
        string? log = null;
        options = null!;
        problem = "";
        for (var i = 0; i + 1 < args.Length; i += 2)
        {
            switch (args[i])
            {
                case "--listen" when IPEndPoint.TryParse(args[i + 1], out var endpoint):
                    listen = endpoint;
                    break;
                case "--log":
                    log = args[i + 1];
                    break;
                default:
                    problem = $"not understood: {args[i]} {args[i + 1]}";
                    return false;
            }
        }

        if (args.Length % 2 != 0 || listen is null || log is null)
        {
            problem = "--listen and --log are needed, each with a value";
            return false;
        }

        options = new Options(listen, log);
        return true;
    }
}
