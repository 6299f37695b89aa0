using Stromboli.PodmanBridge;

ProcessHardening.CloseDiagnostics();
return await BridgeOptions.Command(BridgeHost.RunAsync).Parse(args).InvokeAsync();
