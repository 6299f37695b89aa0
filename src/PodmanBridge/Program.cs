using Stromboli.PodmanBridge.Hosting;

ProcessHardening.CloseDiagnostics();
return await BridgeCommand.Create(BridgeHost.RunAsync).Parse(args).InvokeAsync();
