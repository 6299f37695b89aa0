using System.Text;
using System.Text.Json;
using Stromboli.Crds.Defaults;
using Stromboli.Crds.Runs;
using Stromboli.Crds.Sessions;
using Stromboli.Crds.Validation;
using Stromboli.Egress;
using Stromboli.Kubernetes.Model;
using Stromboli.NodeLink;
using Stromboli.NodeLink.Messages;
using Stromboli.Operator.Decisions;
using Stromboli.Operator.Inputs;
using Stromboli.Operator.Scheduling;
using Stromboli.Operator.Sessions;
using Stromboli.PodmanBridge.Attempts;
using Stromboli.PodmanBridge.Containers;

namespace Stromboli.Pipeline.Tests;

/// <summary>
/// Well-formed specs with hostile values pass through everything: validator, decision, message, container, argv, environment, frame. A
/// value is either refused with a reason and a sentence, or arrives where it belongs and nowhere else.
/// </summary>
public sealed class BadInputTests
{
    private const string UID = "11111111-2222-4333-8444-555555555555";
    private const string SessionUID = "66666666-7777-4888-8999-000000000000";
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    // The parts of a spec that the engine sees, and those that the bridge may write to its disk.
    private static readonly string[] InContainer = ["image", "workspace.mountPath", "workspace.hostPath", "volumes", "secretsEnv"];
    private static readonly string[] OnDisk = [.. InContainer, "workdir", "agent.command.0", "workspace.git"];

    private static readonly RunOptions Options = new()
    {
        Defaults = new RunDefaults { Image = "registry.test/agent:1", ModelOrigin = new Uri("https://model.example") },
        AllowExtraArgs = true,
        MaxCpuShares = RunLimits.MaxCpuShares,
    };

    [Fact]
    public void EveryPlace_EveryHostileText_StaysInItsPlace() => Check(Mutation.Each(), atLeast: 10_000);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void SeveralPlacesAtOnce_StayInTheirPlaces(int seed) => Check(Mutation.Random(seed, 1_000), atLeast: 500);

    // The API server never sends half a surrogate pair. Input that has one is not JSON of the API, and is refused as such.
    [Fact]
    public void Read_HalfASurrogatePair_IsAJsonException() =>
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize("""{"prompt": "\ud800"}""", Crds.CrdsJson.Default.AgentRunSpec));

    private static void Check(IEnumerable<Mutation> mutations, int atLeast)
    {
        var (refused, admitted) = (0, 0);
        foreach (var mutation in mutations)
        {
            try
            {
                if (mutation.Read() is not { } spec)
                {
                    continue;
                }

                if (Refusal(spec))
                {
                    refused++;
                }
                else if (Arrives(mutation, spec))
                {
                    admitted++;
                }
            }
            catch (Exception e)
            {
                Assert.Fail($"{mutation}\n{e}");
            }
        }

        // Some values pass and some are refused.
        Assert.True(
            refused + admitted > atLeast && refused > atLeast / 10 && admitted > atLeast / 10,
            $"{refused} refused, {admitted} admitted"
        );
    }

    private static bool Refusal(AgentRunSpec spec)
    {
        var errors = AgentRunValidator.Validate(spec);
        foreach (var error in errors)
        {
            Assert.StartsWith("spec", error.Field, StringComparison.Ordinal);
            Assert.InRange(error.Message.Length, 5, 1000);
            Assert.DoesNotContain($"{error}", char.IsControl);
        }

        var verdict = Decide(spec);
        // An empty budget is not a hostile value.
        var isRefused = verdict.Status is { Phase: RunPhase.Failed, Reason: not RunReason.BudgetExceeded };
        Assert.Equal(errors.Count > 0, isRefused);
        if (isRefused)
        {
            Assert.Equal((RunReason.InvalidSpec, errors[0].ToString()), (verdict.Status!.Reason, verdict.Status.Message));
        }

        return isRefused;
    }

    // False: the node refuses it, in one sentence.
    private static bool Arrives(Mutation mutation, AgentRunSpec spec)
    {
        var run = Run(Whole(spec)) with { Status = Decide(spec).Status };
        var sent = AttemptMessages.Build(
            run,
            new DesiredAttemptState("node-1", 1, DesiredState.Go),
            new AttemptSecrets { Prompt = spec.Prompt ?? "" },
            Now,
            Options,
            session: Session(spec)
        );
        var read = Wire(sent);
        Assert.Null(MountPaths.Problem(read.Spec!.MountPath, read.Spec.Workdir));
        if (AttemptStart.Problem(read.Spec, read.Secrets!) is { } problem)
        {
            Assert.InRange(problem.Length, 10, 1000);
            Assert.DoesNotContain(problem, char.IsControl);
            return false;
        }

        StaysInItsPlace(mutation, read.Spec);
        var go = new GoReader(AttemptStart.Build(read.Spec, read.Secrets!, TimeSpan.FromMinutes(1)).Encode().Span);
        var settings = spec.Agent?.Command is null
            ? Assert.Single(go.Argv, word => word.StartsWith("--settings=", StringComparison.Ordinal))
            : null;
        var isObject = settings?.StartsWith("--settings={", StringComparison.Ordinal) == true;
        Assert.True(!isObject || Meant.SettingsHold(spec, settings!), settings);
        var arguments = spec.Agent?.Command is null
            ? go.Argv.Where(word => !isObject || word != settings).Order(StringComparer.Ordinal)
            : go.Argv.AsEnumerable();
        Assert.Equal(Meant.Arguments(spec, UID), arguments);
        Assert.Equal(
            spec.Agent?.Claude?.ExtraArgs?.Select(Meant.Utf8) ?? [],
            go.Argv.Skip(go.Argv.Count - (spec.Agent?.Claude?.ExtraArgs?.Count ?? 0))
        );
        Assert.Equal(Meant.Utf8(spec.Prompt ?? ""), Encoding.UTF8.GetString(go.Stdin));
        Assert.Equal(LifecycleHook.Of(spec.Lifecycle).Select(hook => Meant.Utf8($"{hook.Name}={hook.Command}")), go.Hooks);
        Assert.All(go.Keys, key => Assert.InRange(key, 1, 11));
        Environment(spec, go.Environment);
        Assert.Matches(@"\A(/(?!\.\.?/|\.\.?\z)[a-zA-Z0-9_.-]+)+\z", go.Workdir);
        Assert.DoesNotMatch(@"\A/(proc|sys|dev|run/stromboli|opt/stromboli)(/|\z)", go.Workdir);
        return true;
    }

    // Each variable of the spec appears once, and none of ours is changed.
    private static void Environment(AgentRunSpec spec, IReadOnlyList<string> environment)
    {
        var variables = environment
            .Select(variable => variable.Split('=', 2))
            .ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
        Assert.Equal(
            ("/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "/home/agent", "http://127.0.0.1:8317", "placeholder"),
            (variables["PATH"], variables["HOME"], variables["ANTHROPIC_BASE_URL"], variables["ANTHROPIC_API_KEY"])
        );
        foreach (var own in (spec.Env ?? []).Where(own => own.ValueFrom is null))
        {
            Assert.Equal(Meant.Utf8(own.Value ?? ""), variables[own.Name!]);
        }

        Assert.All(variables.Keys, name => Assert.Matches(@"\A[a-zA-Z_][a-zA-Z0-9_]*\z", name));
    }

    // The container depends only on image, mount path and limits, not on other parts of the spec.
    private static void StaysInItsPlace(Mutation mutation, AttemptSpec spec)
    {
        var container = Json(ContainerSpec.Build(spec, Inputs));
        var bare = spec with
        {
            Claude = null,
            Command = ["true"],
            Workdir = "/w",
            Env = [],
            Hooks = [],
            HooksTimeoutMs = 0,
            SessionID = UID,
            StatusBytes = 1,
            LogBytes = 65536,
            Budget = null,
        };
        Assert.Equal(Json(ContainerSpec.Build(bare, Inputs)), container);
        var record = JsonSerializer.Serialize(
            new AttemptRecord
            {
                UID = UID,
                Attempt = 1,
                Spec = spec,
                UserID = 20_001,
                BootID = "boot",
                Deadline = 1,
            },
            AttemptJson.Default.AttemptRecord
        );
        foreach (var (place, mark) in mutation.Marks)
        {
            if (!InContainer.Any(field => $"{place}.".StartsWith($"{field}.", StringComparison.Ordinal)))
            {
                Assert.DoesNotContain(mark, container, StringComparison.Ordinal);
            }

            if (!OnDisk.Any(field => $"{place}.".StartsWith($"{field}.", StringComparison.Ordinal)))
            {
                Assert.DoesNotContain(mark, record, StringComparison.Ordinal);
            }
        }
    }

    private static RunVerdict Decide(AgentRunSpec spec) =>
        RunDecision.Decide(
            new RunSnapshot
            {
                Run = Run(Whole(spec) with { Suspend = null, Cancel = null }),
                Now = Now,
                Options = Options with { WebhookHosts = HostsOf(spec) },
                Inputs = new InputCheck(),
                Placement = Placement.On("node-1"),
                Session = Session(spec) is { } session ? new SessionPlace(session, 1) : null,
            }
        );

    // Policy is not what these tests are about, so every host is allowed that can be.
    private static HostList HostsOf(AgentRunSpec spec) =>
        (spec.Webhooks ?? [])
            .Select(webhook => Uri.TryCreate(webhook.Url, UriKind.Absolute, out var url) ? url.Host : null)
            .Aggregate(
                (Texts: Array.Empty<string>(), List: HostList.None),
                (allowed, host) =>
                    host is not null && HostList.TryParse([.. allowed.Texts, host], out _) is { } list
                        ? ([.. allowed.Texts, host], list)
                        : allowed
            )
            .List;

    // The session that a run names, where the turn is this run's.
    private static AgentSession? Session(AgentRunSpec spec) =>
        spec.SessionRef is not { } reference
            ? null
            : new()
            {
                Metadata = new ObjectMeta
                {
                    Name = reference.Name,
                    Namespace = "team",
                    Uid = SessionUID,
                    CreationTimestamp = Now,
                },
                Spec = new AgentSessionSpec(),
                Status = new AgentSessionStatus
                {
                    ActiveRun = new SessionRun { Name = "run", UID = UID },
                },
            };

    private static AgentRunSpec Whole(AgentRunSpec spec) => Session(spec) is { } session ? SessionSpecs.Merge(spec, session) : spec;

    private static AgentRun Run(AgentRunSpec spec) =>
        new()
        {
            Metadata = new ObjectMeta
            {
                Name = "run",
                Namespace = "team",
                Uid = UID,
                ResourceVersion = "1",
                Generation = 1,
                CreationTimestamp = Now,
            },
            Spec = spec,
            Status = new AgentRunStatus { ObservedGeneration = -1 },
        };

    private static DesiredAttempt Wire(DesiredAttempt sent)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes<OperatorMessage>(
            new Desired { Epoch = 1, Attempt = sent },
            NodeLinkJson.Default.OperatorMessage
        );
        return ((Desired)JsonSerializer.Deserialize(bytes, NodeLinkJson.Default.OperatorMessage)!).Attempt;
    }

    private static string Json(Stromboli.Podman.Models.SpecGenerator spec) => JsonSerializer.Serialize(spec);

    private static readonly ContainerInputs Inputs = new()
    {
        Installation = "installation",
        Node = "node-1",
        UID = UID,
        Attempt = 1,
        User = new AgentUser(20_001, 20_001, IsEngineUser: false),
        ImageID = "0a1b",
        RunDirectory = "/state/runs/1",
        ShimPath = "/state/shim",
        ClaudeDirectory = "/state/claude",
        LogPath = "/state/logs/1.log",
        Files = new ContainerFiles
        {
            SeccompProfile = "/state/seccomp.json",
            Hosts = "/state/hosts",
            ResolvConf = "/state/resolv.conf",
        },
        EnforcedLimits = ["cpu", "memory", "pids"],
    };
}
