using Stromboli.PodmanBridge;

ProcessHardening.CloseDiagnostics();
return await BridgeCommand.Create(BridgeHost.RunAsync).Parse(args).InvokeAsync();
