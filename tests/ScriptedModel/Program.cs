using Stromboli.ScriptedModel;

if (!Options.TryParse(args, out var options, out var problem))
{
    await Console.Error.WriteLineAsync(problem);
    await Console.Error.WriteLineAsync("usage: Stromboli.ScriptedModel --listen 127.0.0.1:PORT --log FILE");
    return 2;
}

await using var server = await ScriptedModelServer.StartAsync(options.Listen, options.Log, CancellationToken.None);
await Console.Out.WriteLineAsync($"listening on {server.BaseAddress}");
await server.WaitForShutdownAsync(CancellationToken.None);
return 0;
