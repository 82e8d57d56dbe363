using CoreEngine.Fuzz;

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    stop.Cancel();
};
return FuzzCommand.Run(args, Console.Out, Console.Error, stop.Token);
