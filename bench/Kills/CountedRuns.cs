using System.Text.Json.Nodes;
using Stromboli.Bench.Runs;
using Stromboli.Testbed;
using Stromboli.Testbed.Kube;
using Stromboli.Testbed.Stacks;

namespace Stromboli.Bench.Kills;

/// <summary>
/// Runs whose agents print numbers for about a second. Each ended run is judged and deleted. The API server may be away at any moment.
/// </summary>
internal sealed class CountedRuns(Stack stack)
{
    private const string Collection = $"/apis/stromboli.dev/v1alpha1/namespaces/{BenchRuns.Namespace}/agentruns";
    private const int Lines = 100;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(90);

    private readonly HashSet<string> _underWay = [];
    private int _made;

    /// <summary>How many were created.</summary>
    public int Made => _made;

    /// <summary>How many ended as they should in their first attempt.</summary>
    public int Good { get; private set; }

    /// <summary>How many ended as they should after their node had been lost.</summary>
    public int AfterLoss { get; private set; }

    /// <summary>What is wrong with the others.</summary>
    public List<string> Problems { get; } = [];

    /// <summary>How many have not been judged.</summary>
    public int UnderWay => _underWay.Count;

    /// <summary>Creates a run; waits for the API server.</summary>
    public async Task CreateAsync(CancellationToken cancellationToken)
    {
        var name = $"counts-{++_made}";
        // A second start in the same attempt would find what the first one left in the workspace.
        var script =
            $"echo >> starts; echo {name} starts: $(wc -l < starts); i=0; while [ $i -lt {Lines} ]; do i=$((i+1)); echo {name} $i; [ $((i % 10)) != 0 ] || sleep 0.1; done";
        var document = new JsonObject
        {
            ["apiVersion"] = "stromboli.dev/v1alpha1",
            ["kind"] = "AgentRun",
            ["metadata"] = new JsonObject { ["name"] = name },
            ["spec"] = new JsonObject
            {
                ["prompt"] = "-",
                ["image"] = BenchRuns.Image,
                ["agent"] = new JsonObject { ["command"] = new JsonArray("/bin/sh", "-c", script) },
            },
        };
        _underWay.Add(name);
        // If the answer to a create was lost, a second create finds the run.
        await Poll.UntilAsync(
            $"{name} is created",
            Timeout,
            token => AnswersAsync(() => stack.Http.CreateIfMissingAsync(Collection, document.ToJsonString(), token)),
            cancellationToken
        );
    }

    /// <summary>Judges and deletes those that have ended.</summary>
    public async Task JudgeAsync(CancellationToken cancellationToken) =>
        await AnswersAsync(async () =>
        {
            var listed = await stack.Http.GetAsync(Collection, cancellationToken);
            foreach (var run in listed?["items"]?.AsArray() ?? [])
            {
                var name = run!["metadata"]!["name"]!.ToString();
                if (run["status"]?["completionTime"] is null || !_underWay.Contains(name))
                {
                    continue;
                }

                Judge(name, run["status"]!);
                _underWay.Remove(name);
                await AnswersAsync(() => stack.Http.DeleteAsync($"{Collection}/{name}", cancellationToken));
            }
        });

    /// <summary>Waits until at most <paramref name="most"/> are under way.</summary>
    public Task AtMostAsync(int most, TimeSpan within, CancellationToken cancellationToken) =>
        Poll.UntilAsync(
            $"all runs but {most} have ended",
            within,
            async token =>
            {
                await JudgeAsync(token);
                return _underWay.Count <= most;
            },
            cancellationToken
        );

    /// <summary>Counts runs that have not ended as problems.</summary>
    public void GiveUp()
    {
        foreach (var name in _underWay)
        {
            Problems.Add($"{name} has not ended");
        }
    }

    private void Judge(string name, JsonNode status)
    {
        var attempts = status["attempts"]?.AsArray() ?? [];
        var lost = attempts.Count(attempt => attempt!["reason"]?.ToString() == "NodeLost");
        var (phase, attempt) = (status["phase"]?.ToString(), status["attempt"]?.GetValue<int>());
        var whole = string.Concat(Enumerable.Range(1, Lines).Select(i => $"{name} {i}\n"));
        if (phase != "Succeeded")
        {
            Problems.Add($"{name}: {phase}, {status["reason"]}: {status["message"]}");
        }
        else if (attempt != 1 + lost)
        {
            Problems.Add($"{name}: attempt {attempt}, after {string.Join(", ", attempts.Select(a => a!["reason"]?.ToString()))}");
        }
        else if (status["result"]?["text"]?.ToString() is var text && text != $"{name} starts: 1\n{whole}")
        {
            Problems.Add(
                $"{name}: its output is not the whole of what it wrote once: {text?.Length} characters, beginning with '{text?.Split('\n')[0]}'"
            );
        }
        else if (lost == 0)
        {
            Good++;
        }
        else
        {
            AfterLoss++;
        }
    }

    private static async Task<bool> AnswersAsync(Func<Task> call)
    {
        try
        {
            await call();
            return true;
        }
        catch (Exception e)
            when (e is HttpRequestException or IOException or TaskCanceledException { InnerException: TimeoutException }
                || (
                    e is KubeHttpException
                    {
                        Code: >= System.Net.HttpStatusCode.InternalServerError or System.Net.HttpStatusCode.TooManyRequests
                    }
                )
            )
        {
            // The API server is away, or has just come back.
            return false;
        }
    }
}
