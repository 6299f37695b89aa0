using Stromboli.Operator.Hosting;

return await new OperatorCommand(OperatorHost.RunAsync).InvokeAsync(args, Console.Out, Console.Error);
